// Where tables are: a file, a folder, or a bucket, and the files in it.

internal import CArrow

/// A local path or an `s3://` URI.
final class DataLocation: @unchecked Sendable {
  // Unchecked, because of the handle: CArrow's storages may be used by several threads.
  private let handle: OpaquePointer
  /// The location for messages: without the query and the credentials of a URI.
  let name: String

  /// Understands a location; nothing is asked of it yet.
  init(_ location: String) throws {
    do throws(ArrowFailure) {
      handle = try ArrowFailure.check { mlc_storage_open(location, $0) }
    } catch {
      let shown = LocationText.shown(String(location.prefix { $0 != "?" }))
      // Arrow's own words may repeat the URI, and with it a secret.
      let isSafe = !location.contains("@") && !error.message.contains("://")
      throw isSafe
        ? error.fileError(shown)
        : ArrowFailure(code: error.code, message: "it is no URI of a bucket").fileError(shown)
    }
    name =
      mlc_storage_is_remote(handle)
      ? "s3://" + String(cString: mlc_storage_path(handle)) : LocationText.shown(location)
    // Bucket by bucket is no table.
    if isRemote, path.isEmpty {
      throw TableError.badLocation(location: name, reason: "it names no bucket")
    }
  }

  private init(handle: OpaquePointer, name: String) {
    self.handle = handle
    self.name = name
  }

  deinit { mlc_storage_free(handle) }

  /// A path below this one, in the same file system.
  func child(_ relativePath: String) throws -> DataLocation {
    let shown = name.hasSuffix("/") ? name + relativePath : "\(name)/\(relativePath)"
    let child = try check { mlc_storage_child(handle, relativePath, $0) }
    return DataLocation(handle: child, name: shown)
  }

  /// The path inside the storage.
  var path: String { String(cString: mlc_storage_path(handle)) }

  /// Whether it lies on another system.
  var isRemote: Bool { mlc_storage_is_remote(handle) }

  /// What is there.
  enum Kind {
    case file
    case folder
  }

  /// What is there.
  ///
  /// - Throws: `TableError.notFound` if nothing is.
  func kind() throws -> Kind {
    let kind = try check { error -> Int32? in
      let kind = mlc_storage_kind(handle, error)
      return kind < 0 ? nil : kind
    }
    switch kind {
    case Int32(MLC_MISSING): throw TableError.notFound(path: name)
    case Int32(MLC_FOLDER): return .folder
    case Int32(MLC_STREAM): throw TableError.notAFile(path: name)
    default: return .file
    }
  }

  /// What is below this local folder.
  ///
  /// - Parameter counts: whether a path below it matters.
  func localFolder(where counts: @escaping (String) -> Bool = { _ in true }) throws -> LocalFolder {
    try LocalFolder(path, where: counts)
  }

  /// The paths of all files below this folder, relative to it, in the order of their bytes.
  func filesBelow() throws -> [String] {
    if !isRemote { return try localFolder().files }
    final class Paths { var paths: [String] = [] }
    let found = Paths()
    try check { error -> Void? in
      let context = Unmanaged.passUnretained(found).toOpaque()
      let isDone = mlc_storage_list(
        handle, context,
        { context, path in
          guard let context, let path else { return }
          Unmanaged<Paths>.fromOpaque(context).takeUnretainedValue().paths
            .append(String(cString: path))
        }, error)
      return isDone ? () : nil
    }
    // By bytes: a combining mark after the slash is one character with it.
    let prefix = path.utf8.count + (path.utf8.last == UInt8(ascii: "/") ? 0 : 1)
    return found.paths.map { String(decoding: $0.utf8.dropFirst(prefix), as: UTF8.self) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The contents of this file, or of a file below this folder.
  func contents(of relativePath: String?) throws -> FileContents {
    let file = relativePath.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" } ?? path
    let shown = relativePath.map { name.hasSuffix("/") ? name + $0 : "\(name)/\($0)" } ?? name
    do throws(ArrowFailure) {
      let bytes = try ArrowFailure.check { mlc_bytes_read(handle, file, $0) }
      return FileContents(handle: bytes, name: shown)
    } catch {
      throw error.fileError(shown)
    }
  }

  /// Lends the handle to a call.
  func withHandle<Result>(_ body: (OpaquePointer) -> Result) -> Result { body(handle) }

  /// Opens the file for writing.
  func openOutput() throws -> OpaquePointer { try check { mlc_output_open(handle, $0) } }

  /// Removes the file.
  func remove() throws { try check { mlc_storage_remove(handle, $0) ? () : nil } }

  /// Forces what was written below this folder onto the disk.
  func sync() throws { try check { mlc_storage_sync(handle, $0) ? () : nil } }

  /// Makes a folder of this path, and those above it.
  func makeFolder() throws { try check { mlc_storage_make_folder(handle, $0) ? () : nil } }

  /// Runs a call, and names this location if it fails.
  func check<T>(_ call: (UnsafeMutablePointer<mlc_error>) -> T?) throws -> T {
    do throws(ArrowFailure) {
      return try ArrowFailure.check(call)
    } catch {
      throw error.fileError(name)
    }
  }
}

/// The bytes of a file, mapped or fetched.
final class FileContents: @unchecked Sendable {
  // Unchecked, because of the handle: the bytes are never written to.
  let handle: OpaquePointer
  /// The file for messages.
  let name: String

  /// Takes over a handle.
  init(handle: OpaquePointer, name: String) {
    self.handle = handle
    self.name = name
  }

  deinit { mlc_bytes_free(handle) }

  /// The bytes; valid as long as this object.
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: mlc_bytes_data(handle), count: Int(mlc_bytes_count(handle)))
  }

  /// - Throws: `TableError.fileChanged` if the file is not what it was when it was opened.
  func requireUnchanged() throws {
    guard mlc_bytes_are_unchanged(handle) else { throw TableError.fileChanged(file: name) }
  }

  /// Whether the file starts like a Parquet file.
  var looksLikeParquet: Bool { bytes.starts(with: Array("PAR1".utf8)) }
}
