// A folder of Hive partitions, each one Parquet file that is replaced as a whole:
// `customerNumber=103/part-0.parquet`. What becomes of the folder on the way is up to the caller,
// who is told what is there and removes what shall go.

internal import CArrow
internal import Glibc

/// A local folder or an `s3://` prefix that partitions are written into.
public final class PartitionedFolder {
  /// The location for messages: without the query and the credentials of a URI.
  public var name: String { location.name }
  private let location: DataLocation
  /// Keeps others out; -1 for a remote one.
  private var lock: Int32 = -1

  /// Understands a location; nothing is made yet.
  ///
  /// - Throws: a `TableError`, as the other methods do.
  public init(at location: String) throws { self.location = try DataLocation(location) }

  deinit { if lock >= 0 { close(lock) } }

  /// The paths of the files below the folder, hidden ones too; empty if there is no folder.
  public func files() throws -> [String] {
    do {
      guard try location.kind() == .folder else {
        throw TableError.notAFolder(path: name)
      }
    } catch TableError.notFound {
      return []
    }
    return try location.filesBelow()
  }

  /// Whether a file is where the partitions of a column are written, and not behind a link.
  public func isPartition(_ path: String, of column: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.count == 2 && parts[1] == PartitionFile.fileName
      && parts[0].utf8.starts(with: HivePath.prefix(column: column).utf8) && !isLinked(path)
  }

  /// Whether a local file is a link, or lies behind one, and so perhaps in another folder.
  public func isLinked(_ path: String) -> Bool {
    if location.isRemote { return false }
    var place = location.path
    return path.split(separator: "/").contains { part in
      place += "/\(part)"
      var status = stat()
      return lstat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
  }

  /// Whether a file would be read as a part of the table.
  public static func isData(_ path: String) -> Bool { DataFiles.isData(path) }

  /// Whether a file would be read as a part of the table, and yet is nothing that a result takes the
  /// place of: it lies in a folder that is no partition, or may be anybody's text.
  public static func isForeignData(_ path: String) -> Bool {
    let folders = path.utf8.split(separator: UInt8(ascii: "/")).dropLast()
    return isData(path)
      && (path.hasSuffix(".txt") || !folders.allSatisfy { HivePath.partition(of: $0) != nil })
  }

  /// Whether a file is what a process left behind that was killed while it wrote.
  public static func isLeftOver(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name.hasPrefix(".\(PartitionFile.fileName).") && name.hasSuffix(".tmp")
  }

  /// Makes the folder, and keeps other processes from writing into a local one.
  ///
  /// - Returns: false if another process writes into it.
  public func open() throws -> Bool {
    if location.isRemote { return true }
    try location.makeFolder()
    lock = Glibc.open(location.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw TableError.permissionDenied(path: name) }
    return flock(lock, LOCK_EX | LOCK_NB) == 0
  }

  /// Starts the file of a partition.
  ///
  /// - Parameter columns: the names and kinds of the columns, of which the values do not matter.
  public func partition(
    column: String, value: String?, schema columns: [Column]
  ) throws -> PartitionFile {
    let folder = HivePath.folder(column: column, value: value)
    guard folder.utf8.count <= HivePath.nameLimit else {
      throw TableError.partitionTooLong(
        path: name, column: column, value: value ?? "", found: folder.utf8.count,
        limit: HivePath.nameLimit)
    }
    return try PartitionFile(
      path: "\(folder)/\(PartitionFile.fileName)", in: location, columns: columns)
  }

  /// Writes a small file as a whole.
  public func write(_ text: String, to path: String) throws {
    let target = try AtomicTarget(path, in: location)
    do {
      let output = try target.location.openOutput()
      defer { mlc_output_free(output) }
      let bytes = Array(text.utf8)
      try target.location.check {
        mlc_output_write(output, bytes, Int64(bytes.count), $0) ? () : nil
      }
      try target.location.check { mlc_output_close(output, $0) ? () : nil }
      try target.commit()
    } catch {
      target.discard()
      throw error
    }
  }

  /// The bytes of a file.
  public func read(_ path: String) throws -> [UInt8] {
    let contents = try location.contents(of: path)
    return withExtendedLifetime(contents) { Array(contents.bytes) }
  }

  /// Removes a file, and local folders above it that are empty then.
  public func remove(_ path: String) throws {
    try location.child(path).remove()
    if location.isRemote { return }
    var folder = path.split(separator: "/").dropLast()
    while !folder.isEmpty, rmdir("\(location.path)/\(folder.joined(separator: "/"))") == 0 {
      folder = folder.dropLast()
    }
  }

  /// Forces all that was written onto the disk.
  public func sync() throws { try location.sync() }
}
