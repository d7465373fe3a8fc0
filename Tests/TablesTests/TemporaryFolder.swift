// A folder that a test fills, and words for what it reads there.

import Glibc
import Tables

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/tables-tests-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer {
      guard let start = $0.baseAddress, mkdtemp(start) != nil else {
        preconditionFailure("no temporary folder: \(String(cString: strerror(errno)))")
      }
      return String(cString: start)
    }
  }

  deinit { Self.removeAll(path) }

  private static func removeAll(_ path: String) {
    for name in names(in: path) { removeAll("\(path)/\(name)") }
    remove(path)
  }

  /// Writes a file, and the folders on the way to it; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) -> String { write(name, bytes: Array(text.utf8)) }

  /// Writes a file, and the folders on the way to it; returns its path.
  @discardableResult
  func write(_ name: String, bytes: [UInt8]) -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    precondition(descriptor >= 0, "cannot write \(file)")
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      precondition(count > 0, "cannot write \(file)")
      rest = rest.dropFirst(count)
    }
    return file
  }

  /// The bytes of a file.
  func bytes(_ name: String) -> [UInt8] {
    guard let file = fopen("\(path)/\(name)", "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&part, 1, part.count, file)
      if count == 0 { return bytes }
      bytes += part[..<count]
    }
  }

  /// The names in the folder.
  func names() -> [String] { Self.names(in: path) }

  private static func names(in path: String) -> [String] {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      let directory = opendir(path)
    else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

/// The error that a call throws, or nil.
func tableError(_ body: () throws -> Void) -> TableError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TableError
  }
}

extension Table {
  /// Reads a table without its notes.
  static func of(_ location: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
    try read(from: location, options: options).table
  }

  /// The numbers of a number or timestamp column, with nil for missing ones.
  func numbers(_ name: String) -> [Double?]? {
    switch self[name]?.values {
    case .number(let column), .timestamp(let column):
      column.doubles().map { $0.isNaN ? nil : $0 }
    default: nil
    }
  }

  /// The strings of a category or text column, with nil for missing ones.
  func strings(_ name: String) -> [String?]? {
    switch self[name]?.values {
    case .category(let column): (0..<column.count).map { column[$0] }
    case .text(let column): (0..<column.count).map { column[$0] }
    default: nil
    }
  }

  /// The levels of a category column.
  func levels(_ name: String) -> [String]? {
    if case .category(let column) = self[name]?.values { column.levels } else { nil }
  }
}
