// Folders: making them and listing them.

internal import Glibc
internal import Texts

extension Files {
  /// Returns the names in a folder, sorted by their bytes; names that are not UTF-8 are passed over.
  public static func names(in folder: String) throws -> [String] {
    try allNames(in: folder).valid
  }

  /// Returns the names in a folder, sorted by their bytes, and the bytes of those that are not UTF-8.
  public static func allNames(in folder: String) throws -> (valid: [String], others: [[UInt8]]) {
    guard let stream = opendir(folder) else { throw failure(.list, folder) }
    defer { closedir(stream) }
    var names: [String] = []
    var others: [[UInt8]] = []
    errno = 0
    while let item = readdir(stream) {
      let bytes = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if let name = String(validating: bytes, as: UTF8.self) {
        if name != ".", name != ".." { names.append(name) }
      } else {
        others.append(bytes)
      }
      errno = 0
    }
    guard errno == 0 else { throw failure(.list, folder) }
    return (names.sortedByBytes(), others)
  }

  /// Returns the paths, relative to a folder, of all that is under it.
  ///
  /// Links are not followed and count as files, as does a name that is not UTF-8, whose wrong bytes
  /// are replaced.
  public static func contents(of folder: String) throws -> (files: [String], folders: [String]) {
    var files: [String] = []
    var folders: [String] = []
    func visit(_ relative: String) throws {
      let (names, others) = try allNames(in: relative.isEmpty ? folder : "\(folder)/\(relative)")
      for name in names + others.map({ String(decoding: $0, as: UTF8.self) }) {
        let child = relative.isEmpty ? name : "\(relative)/\(name)"
        if status("\(folder)/\(child)").map(isFolder) == true {
          folders.append(child)
          try visit(child)
        } else {
          files.append(child)
        }
      }
    }
    try visit("")
    return (files.sortedByBytes(), folders)
  }

  /// Makes a folder and those above it, for the owner alone.
  public static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw failure(.create, path)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(.create, path) }
  }

  /// Makes a folder and those above it, and returns the ones that were made, outermost first.
  static func createFolders(_ path: String) throws -> [String] {
    if isFolder(path) { return [] }
    var created = try createFolders(parent(of: path))
    if mkdir(path, 0o777) == 0 {
      created.append(path)
    } else if errno != EEXIST || !isFolder(path) {
      if errno == EEXIST { errno = ENOTDIR }
      let error = failure(.create, path)
      for folder in created.reversed() { rmdir(folder) }
      throw error
    }
    return created
  }
}
