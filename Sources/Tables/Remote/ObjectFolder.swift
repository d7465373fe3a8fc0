// A folder of a bucket, object by object and byte for byte: for those who copy objects and remember
// which they have, and do not read tables.

internal import CArrow
internal import Glibc
internal import Synchronization
internal import Texts

/// The objects below a prefix of a bucket.
///
/// Nothing is asked of the bucket before the first call, so that a folder may be named while there is
/// no network.
public final class ObjectFolder: Sendable {
  /// An object, as a listing has it.
  public struct Entry: Sendable, Hashable {
    /// The key below the prefix.
    public var name: String
    /// The size in bytes.
    public var size: Int
    /// When it was written, in seconds since 1970.
    public var modified: Int
  }

  /// One state of an object.
  public struct Stamp: Sendable, Hashable {
    /// The size in bytes.
    public var size: Int
    /// When it was written, in seconds since 1970.
    public var modified: Int
    /// The entity tag.
    public var tag: String
    /// The version; empty where the bucket keeps none.
    public var version: String
  }

  private let location: String
  private let opened = Mutex<DataLocation?>(nil)

  /// Bytes that one request fetches.
  private static let part = 8 << 20
  /// How often an object is fetched that changes meanwhile.
  private static let attempts = 3

  /// Names a folder by its `s3://` URI.
  public init(_ location: String) { self.location = location }

  /// The bucket and the prefix of an `s3://` URI, without a slash at the end.
  public static func path(of location: String) -> String {
    let rest = location.prefix { $0 != "?" }.dropFirst("s3://".count)
    var path = PercentText.decoded(rest.utf8)
    while path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// All objects, in the order of the bytes of their names.
  ///
  /// - Throws: a `TableError`.
  public func entries() throws -> [Entry] {
    final class Found { var entries: [(path: String, size: Int, modified: Int)] = [] }
    let folder = try folder()
    let found = Found()
    try folder.check { error -> Void? in
      let context = Unmanaged.passUnretained(found).toOpaque()
      let isDone = folder.withHandle {
        mlc_storage_list_objects(
          $0, context,
          { context, path, size, modified in
            guard let context, let path else { return }
            Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().entries
              .append((path: String(cString: path), size: Int(size), modified: Int(modified)))
          }, error)
      }
      return isDone ? () : nil
    }
    let prefix = folder.path + "/"
    return found.entries.map { entry in
      Entry(
        name: String(entry.path.dropFirst(prefix.count)), size: entry.size,
        modified: entry.modified)
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// What an object is now; nil if there is none.
  ///
  /// - Throws: a `TableError`.
  public func stamp(of name: String) throws -> Stamp? {
    try missing { try OpenedObject(folder().child(name)).stamp() }
  }

  /// Copies an object into a new file.
  ///
  /// - Parameter checkCancelled: asked between parts; throws when the work should stop.
  /// - Returns: the state that was copied; nil if there is no such object.
  /// - Throws: a `TableError`, and what `checkCancelled` throws.
  public func fetch(
    _ name: String, to path: String, checkCancelled: () throws -> Void
  ) throws -> Stamp? {
    let location = try folder().child(name)
    return try missing {
      for _ in 0..<Self.attempts {
        let object = try OpenedObject(location)
        let stamp = try object.stamp()
        let count = try copy(object, stamp.size, to: path, checkCancelled)
        // Parts are fetched one by one: only what was the same before and after is of one piece.
        if count == stamp.size, try OpenedObject(location).stamp() == stamp { return stamp }
      }
      throw TableError.remoteFailed(
        path: location.name, reason: "the object changes again and again while it is read")
    }
  }

  /// Copies a file into an object, which appears when it is complete.
  ///
  /// - Throws: a `TableError`.
  public func put(_ path: String, as name: String) throws {
    let location = try folder().child(name)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    let output = try location.openOutput()
    defer { mlc_output_free(output) }
    var part = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      if count == 0 { break }
      try location.check { mlc_output_write(output, part, Int64(count), $0) ? () : nil }
    }
    try location.check { mlc_output_close(output, $0) ? () : nil }
  }

  private func folder() throws -> DataLocation {
    try opened.withLock { opened in
      if let opened { return opened }
      let location = try DataLocation(location)
      opened = location
      return location
    }
  }

  private func missing(_ body: () throws -> Stamp) throws -> Stamp? {
    do { return try body() } catch TableError.notFound { return nil }
  }

  /// Writes the bytes of an object and returns how many they were.
  private func copy(
    _ object: OpenedObject, _ size: Int, to path: String, _ checkCancelled: () throws -> Void
  ) throws -> Int {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(max(size, 1), Self.part), alignment: 16)
    defer { buffer.deallocate() }
    var offset = 0
    while offset < size {
      try checkCancelled()
      let count = try object.read(at: offset, into: buffer)
      if count == 0 { break }
      var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written >= 0 else { throw Self.failure(path) }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
      offset += count
    }
    return offset
  }

  private static func failure(_ path: String) -> TableError {
    switch errno {
    case EACCES, EPERM, EROFS: .permissionDenied(path: path)
    default: .fileFailed(path: path, reason: String(cString: strerror(errno)))
    }
  }
}

/// An object that is being read.
private final class OpenedObject {
  private let handle: OpaquePointer
  private let location: DataLocation

  init(_ location: DataLocation) throws {
    self.location = location
    handle = try location.check { error in location.withHandle { mlc_object_open($0, error) } }
  }

  deinit { mlc_object_free(handle) }

  func stamp() throws -> ObjectFolder.Stamp {
    var stamp = mlc_stamp()
    try location.check { mlc_object_stamp(handle, &stamp, $0) ? () : nil }
    func text<Characters>(_ characters: inout Characters) -> String {
      withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return ObjectFolder.Stamp(
      size: Int(stamp.size), modified: Int(stamp.modified),
      tag: text(&stamp.tag).filter { $0 != "\"" }, version: text(&stamp.version))
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try location.check { error in
      let count = mlc_object_read(
        handle, Int64(offset), Int64(buffer.count),
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), error)
      return count < 0 ? nil : Int(count)
    }
  }
}
