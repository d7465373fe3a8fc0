// From a table to a file that is complete or absent.

internal import CArrow
internal import Glibc
internal import Storage

extension Table {
  /// Checks before any work that `write(to:)` knows the format and has a folder to write into.
  ///
  /// - Throws: `TableError.unknownFormat`, `TableError.notFound` for a local folder.
  public static func requireWritable(_ location: String) throws {
    if location == "-" { return }
    let path = location.hasPrefix("s3://") ? String(location.prefix { $0 != "?" }) : location
    guard [".csv", ".parquet", ".jsonl"].contains(where: path.lowercased().hasSuffix) else {
      throw TableError.unknownFormat(path: LocationText.shown(path))
    }
    if location.hasPrefix("s3://") { return }
    let folder = FileSystem.parent(of: path)
    guard access(folder, F_OK) == 0 else { throw TableError.noFolder(path: folder) }
  }

  /// Whether there is something at a location.
  ///
  /// - Throws: a `TableError`.
  public static func exists(at location: String) throws -> Bool {
    do {
      _ = try DataLocation(location).kind()
      return true
    } catch TableError.notFound {
      return false
    } catch TableError.notAFile {
      return true
    }
  }

  /// The file that `write(to:)` fills before it gets its name; nil where it makes none.
  public static func temporaryPath(for location: String) -> String? {
    location == "-" || location.hasPrefix("s3://")
      ? nil : Leftovers.temporaryPath(for: location)
  }

  /// Writes the table as CSV, Parquet or JSON lines, by the ending of the name.
  ///
  /// `location` is a local path, an `s3://` URI, or `-` for CSV on stdout. A local file is written
  /// beside its place, synced and renamed; a remote one appears when it is complete. Numbers and
  /// instants read back exactly (instants to the microsecond), missing values as missing.
  /// - Throws: a `TableError`.
  public func write(to location: String) throws {
    if location == "-" {
      try writeCSV { try StandardOutput.write($0) }
      return
    }
    try Self.requireWritable(location)
    let path = location.hasPrefix("s3://") ? String(location.prefix { $0 != "?" }) : location
    let ending = path.lowercased()
    try DataOutput.open(location) { output, location in
      func append(_ bytes: [UInt8]) throws {
        try location.check {
          mlc_output_write(output, bytes, Int64(bytes.count), $0) ? () : nil
        }
      }
      if ending.hasSuffix(".parquet") {
        try writeParquet(to: output, at: location)
      } else if ending.hasSuffix(".jsonl") {
        try writeJSONLines(to: append)
      } else {
        try writeCSV(to: append)
      }
    }
  }
}

/// Writes to a new file beside the place, and puts it there when it is on the disk.
enum LocalReplacement {
  static func write(_ path: String, _ body: (_ temporaryPath: String) throws -> Void) throws {
    Leftovers.remove(beside: path)
    let temporary = Leftovers.temporaryPath(for: path)
    // Held until the end, so that nobody takes the file for one of a process that is gone.
    let lock = Glibc.open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else { throw TableError.ofSystem(path, errno) }
    defer { close(lock) }
    Leftovers.hold(lock)
    do {
      try body(temporary)
      try sync(temporary)
      guard rename(temporary, path) == 0 else { throw failure(path) }
      try sync(FileSystem.parent(of: path))
    } catch {
      unlink(temporary)
      throw renamed(error, from: temporary, to: path)
    }
  }

  private static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> TableError { .ofSystem(path, errno) }

  /// The same error about the place that the caller named.
  private static func renamed(
    _ error: any Error, from temporary: String, to path: String
  ) -> any Error {
    switch error as? TableError {
    case .notFound(temporary): TableError.notFound(path: path)
    case .permissionDenied(temporary): TableError.permissionDenied(path: path)
    case .fileFailed(temporary, let reason): TableError.fileFailed(path: path, reason: reason)
    default: error
    }
  }
}

/// The standard output, without a buffer.
private enum StandardOutput {
  static func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
        let written = Glibc.write(STDOUT_FILENO, start, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written >= 0 else {
          throw TableError.fileFailed(path: "stdout", reason: String(cString: strerror(errno)))
        }
        rest = rest.dropFirst(written)
      }
    }
  }
}
