// One Parquet file that rows are appended to, and that appears when it is complete.

internal import CArrow
internal import Glibc

/// The file of a partition, while it is written.
public final class PartitionFile {
  static let fileName = "part-0.parquet"

  /// The path below the folder.
  public let path: String
  /// The rows so far.
  public private(set) var rowCount = 0
  private let target: AtomicTarget
  private let schema = LentMemory()
  private var output: OpaquePointer?
  private var writer: OpaquePointer?

  init(path: String, in folder: DataLocation, columns: [Column]) throws {
    self.path = path
    target = try AtomicTarget(path, in: folder)
    do {
      let output = try target.location.openOutput()
      self.output = output
      let fields = columns.map { schema.field($0) }
      writer = try target.location.check {
        mlc_parquet_writer_open(output, fields, Int32(fields.count), $0)
      }
    } catch {
      discard()
      throw error
    }
  }

  deinit { discard() }

  /// Appends rows of columns like those of the schema.
  ///
  /// - Throws: a `TableError`.
  public func append(_ columns: [Column], rows: Range<Int>) throws {
    precondition(writer != nil, "the file is complete")
    let memory = LentMemory()
    let values = columns.map { memory.values($0, rows: rows) }
    try target.location.check {
      mlc_parquet_writer_append_rows(writer, values, Int64(rows.count), $0) ? () : nil
    }
    withExtendedLifetime(memory) {}
    rowCount += rows.count
  }

  /// Completes the file, which replaces the one before.
  ///
  /// - Throws: a `TableError`.
  public func close() throws {
    try target.location.check { mlc_parquet_writer_close(writer, $0) ? () : nil }
    try target.location.check { mlc_output_close(output, $0) ? () : nil }
    release()
    try target.commit()
  }

  /// Gives up what was written.
  public func discard() {
    guard output != nil else { return }
    release()
    target.discard()
  }

  private func release() {
    mlc_parquet_writer_free(writer)
    mlc_output_free(output)
    writer = nil
    output = nil
  }
}

/// A place below a folder that a file gets when it is complete: a local one by its name, a remote
/// one by being closed.
struct AtomicTarget {
  /// Where to write.
  let location: DataLocation
  private let place: DataLocation

  init(_ path: String, in folder: DataLocation) throws {
    place = try folder.child(path)
    if folder.isRemote {
      location = place
      return
    }
    let parts = path.split(separator: "/")
    if parts.count > 1 {
      try folder.child(parts.dropLast().joined(separator: "/")).makeFolder()
    }
    let hidden = parts.dropLast() + [".\(parts.last ?? "").\(getpid()).tmp"]
    location = try folder.child(hidden.joined(separator: "/"))
  }

  func commit() throws {
    if place.isRemote { return }
    guard rename(location.path, place.path) == 0 else {
      throw TableError.fileFailed(path: place.name, reason: String(cString: strerror(errno)))
    }
  }

  func discard() {
    if place.isRemote { return }
    unlink(location.path)
    // Of a new partition nothing remains.
    let folder = place.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    rmdir(folder.joined(separator: "/"))
  }
}
