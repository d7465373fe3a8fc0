// Finds the files of a table: one file, or those of a folder with the values in its sub-folders'
// names (Hive partitions, `country=fr/part-0.parquet`).

internal import Texts

/// The files of one table, all of one format.
struct DataFiles: Sendable {
  enum Format: Sendable {
    case delimited
    case parquet
  }

  let format: Format
  let files: [FileContents]
  /// The paths of the files below the folder; nil for a file that was named itself.
  let relativePaths: [String?]
  /// The names of the partition columns.
  let partitionNames: [String]
  /// For each file the values of its partition columns; nil is missing.
  let partitionValues: [[String?]]
  /// What the user should know about names in the folder that are not read.
  let notes: [String]

  /// Finds and opens the files at a location.
  init(at location: DataLocation) throws {
    if try location.kind() == .file {
      let file = try location.contents(of: nil)
      let isParquet = Self.format(ofName: location.path) == .parquet || file.looksLikeParquet
      format = isParquet ? .parquet : .delimited
      files = [file]
      relativePaths = [nil]
      partitionNames = []
      partitionValues = [[]]
      notes = []
      return
    }
    let local =
      location.isRemote ? nil : try location.localFolder(where: Self.isVisible)
    let paths = try local?.files ?? location.filesBelow().filter(Self.isVisible)
    let others = paths.filter { Self.format(ofName: $0) == nil }
    let delimited = paths.filter { Self.format(ofName: $0) == .delimited }
    let parquet = paths.filter { Self.format(ofName: $0) == .parquet }
    if let text = delimited.first, let other = parquet.first {
      throw TableError.mixedFormats(folder: location.name, delimited: text, parquet: other)
    }
    let chosen = delimited.isEmpty ? parquet : delimited
    guard !chosen.isEmpty else {
      throw try Self.compressedFile(among: others, at: location)
        ?? TableError.noFiles(folder: location.name)
    }
    notes = Self.notes(
      [
        ("files that are not tables", others),
        ("other names of files that are read anyway", local?.repeated ?? []),
        ("names that lead to no file", local?.unusable ?? []),
      ], in: location.name)
    format = delimited.isEmpty ? .parquet : .delimited
    files = try chosen.map { try location.contents(of: $0) }
    relativePaths = chosen
    let keys = chosen.map(Self.partitions)
    for (file, keys) in zip(files, keys) {
      try Self.requireDistinct(keys.map(\.name), file: file.name)
    }
    var names: [String] = []
    for key in keys.joined() where !names.contains(bytesOf: key.name) { names.append(key.name) }
    partitionNames = names
    partitionValues = keys.map { keys in
      names.map { name in keys.first { $0.name.hasSameBytes(as: name) }?.value }
    }
  }

  /// - Throws: `TableError.fileChanged` if a file is not what it was when it was opened.
  func requireUnchanged() throws { for file in files { try file.requireUnchanged() } }

  /// Refuses two folders on the way to a file that state a value of the same column.
  private static func requireDistinct(_ names: [String], file: String) throws {
    var seen: Set<ByteText> = []
    for name in names where !seen.insert(ByteText(name)).inserted {
      throw TableError.repeatedPartition(file: file, name: name)
    }
  }

  /// That a folder without tables holds a compressed file, if it does.
  private static func compressedFile(
    among others: [String], at location: DataLocation
  ) throws -> TableError? {
    let endings = ["gz", "zst", "xz", "bz2", "lz4", "zip", "snappy"]
    for path in others where endings.contains(where: { path.lowercased().hasSuffix(".\($0)") }) {
      let file = try location.contents(of: path)
      if let format = ForeignFormat(of: file.bytes), format.isCompression {
        return .compressed(file: file.name, format: format.name)
      }
    }
    return nil
  }

  /// A sentence for each kind of names that are not read, with the first few.
  private static func notes(
    _ kinds: [(what: String, paths: [String])], in folder: String
  ) -> [String] {
    kinds.filter { !$0.paths.isEmpty }.map { what, paths in
      let more = paths.count > 5 ? " and \(paths.count - 5) more" : ""
      let shown = paths.prefix(5).joined(separator: ", ")
      return "\(folder): passed over \(what): \(shown)\(more)"
    }
  }

  private static func format(ofName name: String) -> Format? {
    switch name.split(separator: ".").last?.lowercased() {
    case "csv", "tsv", "txt": .delimited
    case "parquet", "parq", "pq": .parquet
    default: nil
    }
  }

  /// Whether a file in a folder is read as a part of the table.
  static func isData(_ path: String) -> Bool { isVisible(path) && format(ofName: path) != nil }

  /// Whether no part of a path is hidden, as `.git` and `_delta_log` are, but `_id=7` is not.
  static func isVisible(_ path: String) -> Bool {
    path.utf8.split(separator: UInt8(ascii: "/")).allSatisfy {
      $0.first != UInt8(ascii: ".")
        && ($0.first != UInt8(ascii: "_") || $0.contains(UInt8(ascii: "=")))
    }
  }

  /// The values that the names of the folders on the way to a file state, the outermost first.
  static func partitions(of path: String) -> [(name: String, value: String?)] {
    path.utf8.split(separator: UInt8(ascii: "/")).dropLast().compactMap(HivePath.partition)
  }
}
