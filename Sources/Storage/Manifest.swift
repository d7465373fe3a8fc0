// manifest.json: what a run folder holds, so that a changed, missing or foreign file is noticed
// before anything of it is believed.

internal import Glibc
internal import Texts

/// The list of a run folder's files with their sizes and SHA-256, and of the run's inputs.
///
/// The file covers itself as well: its `checksum` is the SHA-256 of its own text with sixty-four
/// zeros in the place of the checksum.
public struct Manifest: Sendable, Equatable {
  /// Something that the run read.
  public struct Input: Sendable, Equatable {
    /// The name under which it was given, such as a path or a URI.
    public var name: String
    /// Its size and SHA-256.
    public var fingerprint: Fingerprint

    /// Creates an input.
    public init(name: String, fingerprint: Fingerprint) {
      self.name = name
      self.fingerprint = fingerprint
    }
  }

  /// The name of the manifest in its folder.
  public static let fileName = "manifest.json"
  /// The version of run folders that this program writes, and the only one that it reads.
  public static let formatVersion = 2
  /// The most bytes that a manifest may have.
  static let longestText = 64 << 20

  /// The task that the folder's model was trained for.
  public var task: String
  /// The version of mlcore that wrote the folder.
  public var mlcoreVersion: String
  /// What the run read, in the order in which it was given.
  public var inputs: [Input]
  /// All files of the folder but the manifest, by relative path.
  public var files: [String: Fingerprint]

  /// Creates a manifest from its parts.
  public init(
    task: String, mlcoreVersion: String, inputs: [Input], files: [String: Fingerprint]
  ) {
    self.task = task
    self.mlcoreVersion = mlcoreVersion
    self.inputs = inputs
    self.files = files
  }

  /// Describes the files that a folder holds now.
  ///
  /// - Throws: `StorageError.system`.
  public init(
    describing folder: String, task: String, inputs: [Input], mlcoreVersion: String
  ) throws {
    var files: [String: Fingerprint] = [:]
    for file in try FileSystem.contents(of: folder).files
    where file != Self.fileName && file != RunFolder.markerName {
      files[file] = try Fingerprint(ofFile: "\(folder)/\(file)")
    }
    self.init(task: task, mlcoreVersion: mlcoreVersion, inputs: inputs, files: files)
  }

  /// Reads a folder's manifest and compares every file with it.
  ///
  /// - Throws: `StorageError.corrupt` for the first file, in the order of names, that is changed
  ///   or missing; `StorageError.unlisted`; `StorageError.newerVersion`; `StorageError.system`.
  @discardableResult
  public static func verify(folder: String) throws -> Manifest {
    let path = "\(folder)/\(fileName)"
    // First of all, because a folder without one may hold anything, and much of it.
    guard isPresent(in: folder) else {
      _ = try FileSystem.names(in: folder)
      throw StorageError.corrupt(
        file: path, item: "the file", found: "missing", expected: "the list of the folder's files")
    }
    let manifest = try Manifest(folder: folder)
    let present = Set(try FileSystem.contents(of: folder).files)
    let all = present.union(manifest.files.keys).subtracting([fileName])
    for name in all.sorted(by: { $0.precedesInBytes($1) }) {
      try manifest.verify(name, in: folder, isPresent: present.contains(name))
    }
    return manifest
  }

  /// Reads the manifest of a folder without a look at the files that it lists.
  ///
  /// - Throws: as `verify`.
  public init(folder: String) throws {
    let path = "\(folder)/\(Self.fileName)"
    try self.init(
      decoding: PlainFile.read(path, limit: Self.longestText, inside: folder), file: path)
  }

  /// Whether a folder has a manifest, as run folders do.
  public static func isPresent(in folder: String) -> Bool {
    FileSystem.status("\(folder)/\(fileName)").map { !FileSystem.isFolder($0) } == true
  }

  private func verify(_ name: String, in folder: String, isPresent: Bool) throws {
    let path = "\(folder)/\(name)"
    guard let listed = files[name] else {
      throw StorageError.unlisted(file: path)
    }
    guard isPresent else {
      throw StorageError.corrupt(
        file: path, item: "the file", found: "missing", expected: "\(listed.size) bytes")
    }
    func checkSize(_ found: Int) throws {
      guard found == listed.size else {
        throw StorageError.corrupt(
          file: path, item: "size", found: "\(found)", expected: "\(listed.size)")
      }
    }
    let found = try Fingerprint(
      ofPlainFile: path, inside: folder, limit: PlainFile.longestRunFile, checkingSize: checkSize)
    try checkSize(found.size)
    guard found.sha256 == listed.sha256 else {
      throw StorageError.corrupt(
        file: path, item: "SHA-256", found: found.sha256, expected: listed.sha256)
    }
  }
}

// MARK: - Text

extension Manifest {
  private static let blankChecksum = String(repeating: "0", count: 64)

  /// Returns the text of the manifest, the same for the same values.
  public func encoded() -> [UInt8] {
    let blank = text(checksum: Self.blankChecksum)
    return Array(text(checksum: Fingerprint(of: Array(blank.utf8)).sha256).utf8)
  }

  private func text(checksum: String) -> String {
    func members(_ fingerprint: Fingerprint) -> [String: String] {
      [
        "size": "\(fingerprint.size)", "sha256": JSONText.literal(fingerprint.sha256),
      ]
    }
    let inputs = inputs.map { input in
      let name = ["name": JSONText.literal(input.name)]
      return "\n    "
        + JSONText.object(members(input.fingerprint).merging(name) { value, _ in value })
    }
    return JSONText.object(
      [
        "checksum": JSONText.literal(checksum),
        "format_version": "\(Self.formatVersion)",
        "task": JSONText.literal(task),
        "mlcore_version": JSONText.literal(mlcoreVersion),
        "inputs": inputs.isEmpty ? "[]" : "[\(inputs.joined(separator: ","))\n  ]",
        "files": JSONText.object(
          files.mapValues { JSONText.object(members($0)) }, indentation: 2),
      ], indentation: 0) + "\n"
  }

  /// Reads the text of a manifest and checks it against its own checksum.
  ///
  /// - Parameter file: the name for error messages.
  /// - Throws: `StorageError.corrupt`, `StorageError.newerVersion`.
  public init(decoding bytes: [UInt8], file: String = Manifest.fileName) throws {
    let decoded = try CheckedJSON.value(
      ManifestText.self, from: bytes, file: file, expected: "a manifest that mlcore wrote")
    let digits = Array(decoded.checksum.utf8)
    guard digits.count == 64, let position = bytes.firstRange(of: digits) else {
      throw StorageError.corrupt(
        file: file, item: "checksum", found: decoded.checksum,
        expected: "64 hexadecimal digits")
    }
    var blank = bytes
    blank.replaceSubrange(position, with: Self.blankChecksum.utf8)
    let computed = Fingerprint(of: blank).sha256
    guard computed == decoded.checksum else {
      throw StorageError.corrupt(
        file: file, item: "SHA-256", found: computed, expected: decoded.checksum)
    }
    guard decoded.formatVersion <= Self.formatVersion else {
      throw StorageError.newerVersion(
        file: file, found: decoded.formatVersion, newest: Self.formatVersion)
    }
    try decoded.check(file: file)
    guard decoded.formatVersion == Self.formatVersion, let task = decoded.task else {
      throw StorageError.olderVersion(
        file: file, found: decoded.formatVersion, expected: Self.formatVersion)
    }
    self.init(
      task: task, mlcoreVersion: decoded.mlcoreVersion,
      inputs: decoded.inputs.map {
        Input(name: $0.name, fingerprint: Fingerprint(size: $0.size, sha256: $0.sha256))
      },
      files: decoded.files)
  }
}

/// The members of the JSON text.
private struct ManifestText: Decodable {
  struct Input: Decodable {
    var name: String
    var size: Int
    var sha256: String
  }

  var checksum: String
  var formatVersion: Int
  /// Missing in run folders of version 1.
  var task: String?
  var mlcoreVersion: String
  var inputs: [Input]
  var files: [String: Fingerprint]

  enum CodingKeys: String, CodingKey {
    case checksum, task, inputs, files
    case formatVersion = "format_version"
    case mlcoreVersion = "mlcore_version"
  }

  /// Checks what the types do not say.
  func check(file: String) throws {
    func check(_ holds: Bool, _ item: String, _ found: String, _ expected: String) throws {
      guard holds else {
        throw StorageError.corrupt(file: file, item: item, found: found, expected: expected)
      }
    }
    try check(formatVersion >= 1, "key format_version", "\(formatVersion)", "at least 1")
    for (index, input) in inputs.enumerated() {
      try check(input.size >= 0, "key inputs[\(index)].size", "\(input.size)", "at least 0")
    }
    for (name, fingerprint) in files.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      try check(
        !parts.contains { ["", ".", ".."].contains($0) }, "key files", "with the name '\(name)'",
        "names of files inside of the folder")
      try check(
        fingerprint.size >= 0, "key files.\(name).size", "\(fingerprint.size)", "at least 0")
    }
  }
}
