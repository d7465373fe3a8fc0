// The files below a local folder, by links too: each folder and each file once, whatever names lead
// to it, so that a link back into the folder adds nothing. Only in another partition of the same
// columns a file is another part of the table.

internal import Glibc
internal import Texts

/// What tells a file or a folder from all others of the system.
struct FileIdentity: Hashable, Sendable {
  private let device: dev_t
  private let inode: ino_t

  init(_ status: stat) {
    device = status.st_dev
    inode = status.st_ino
  }

  /// What a path leads to, links followed; nil if it leads nowhere.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The folder that a path leads to, links followed; nil if it leads to none.
  init?(folder path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    self.init(status)
  }
}

/// What was found below a folder.
struct LocalFolder {
  /// The paths of the files, relative to the folder, in the order of their bytes.
  private(set) var files: [String] = []
  /// Other names of files and folders that are there already.
  private(set) var repeated: [String] = []
  /// Links that lead nowhere, pipes and devices.
  private(set) var unusable: [String] = []

  private let root: String
  private let counts: (String) -> Bool
  /// The folder itself, and the folders and files below it.
  private(set) var seen: Set<FileIdentity> = []
  /// For each file the values that the names of the folders on the ways to it state.
  private var partitions: [FileIdentity: Set<[ByteText: ByteText?]>] = [:]
  /// Links are followed when all that is there without them is known, so that a file goes by its own
  /// name where it has one in the folder.
  private var links: [String] = []

  /// Looks at all that is below a folder.
  ///
  /// - Parameter counts: whether a path matters; what is below a folder that does not is not seen.
  /// - Throws: a `TableError` that names the folder that cannot be read.
  init(_ root: String, where counts: @escaping (String) -> Bool = { _ in true }) throws {
    self.root = root
    self.counts = counts
    if let identity = FileIdentity(root) { seen.insert(identity) }
    try visit("")
    while !links.isEmpty {
      let found = links.sorted(by: Self.precedes)
      links = []
      for link in found { try take(link, followsLink: true) }
    }
    files.sort(by: Self.precedes)
    repeated.sort(by: Self.precedes)
    unusable.sort(by: Self.precedes)
  }

  private static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  private func path(of relative: String) -> String {
    relative.isEmpty ? root : root.hasSuffix("/") ? root + relative : "\(root)/\(relative)"
  }

  private mutating func visit(_ folder: String) throws {
    for name in try names(in: path(of: folder)).sorted(by: Self.precedes) {
      let child = folder.isEmpty ? name : "\(folder)/\(name)"
      if counts(child) { try take(child, followsLink: false) }
    }
  }

  private mutating func take(_ child: String, followsLink: Bool) throws {
    let whole = path(of: child)
    var status = stat()
    guard (followsLink ? stat(whole, &status) : lstat(whole, &status)) == 0 else {
      if followsLink, errno == ENOENT || errno == ELOOP { unusable.append(child) }
      // What is gone since the folder was read is not there.
      if errno == ENOENT || errno == ELOOP { return }
      throw TableError.ofSystem(whole, errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFLNK: links.append(child)
    case S_IFDIR:
      guard seen.insert(FileIdentity(status)).inserted else { return repeated.append(child) }
      try visit(child)
    case S_IFREG:
      let identity = FileIdentity(status)
      seen.insert(identity)
      let values = Self.values(of: child)
      let known = partitions[identity, default: []]
      guard !known.contains(values), known.allSatisfy({ $0.keys == values.keys }) else {
        return repeated.append(child)
      }
      partitions[identity, default: []].insert(values)
      files.append(child)
    default: unusable.append(child)
    }
  }

  /// The values of the partition columns that the path of a file states.
  private static func values(of path: String) -> [ByteText: ByteText?] {
    Dictionary(
      DataFiles.partitions(of: path).map { (ByteText($0.name), $0.value.map { ByteText($0) }) },
      uniquingKeysWith: { $1 })
  }

  /// The names in a folder.
  ///
  /// - Throws: `TableError.badFileName` for one that is not UTF-8, which no path leads to.
  private func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else { throw TableError.ofSystem(folder, errno) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let item = readdir(stream) {
      let bytes = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if let name = String(validating: bytes, as: UTF8.self) {
        if name != "." && name != ".." { names.append(name) }
      } else if counts(String(decoding: bytes, as: UTF8.self)) {
        throw TableError.badFileName(folder: folder, name: Self.shown(bytes))
      }
      errno = 0
    }
    guard errno == 0 else { throw TableError.ofSystem(folder, errno) }
    return names
  }

  /// A name that is not UTF-8, with the bytes that are not ASCII as `\xE9`.
  private static func shown(_ name: [UInt8]) -> String {
    name.map { byte in
      (0x20..<0x7F).contains(byte)
        ? String(UnicodeScalar(byte))
        : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}

extension TableError {
  /// The error of a system call on a local path.
  static func ofSystem(_ path: String, _ number: Int32) -> TableError {
    switch number {
    case ENOENT, ENOTDIR: .notFound(path: path)
    case EACCES, EPERM, EROFS: .permissionDenied(path: path)
    default: .fileFailed(path: path, reason: String(cString: strerror(number)))
    }
  }
}
