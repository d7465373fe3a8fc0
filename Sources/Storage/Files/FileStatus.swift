// One state of a file, told from others without reading it.

public import Glibc

/// What `lstat` says of a file, as far as it identifies one state of its content.
public struct FileStatus: Hashable, Sendable {
  /// The device of the file system.
  public var device: UInt64
  /// The number in the file system.
  public var inode: UInt64
  /// The bytes.
  public var size: Int
  /// Nanoseconds since 1970 of the last change of the content.
  public var modified: Int
  /// Nanoseconds since 1970 of the last change of the content or the entry; nobody can set it.
  public var changed: Int

  /// The identity of something that is not on this machine.
  public init(device: UInt64, inode: UInt64, size: Int, modified: Int, changed: Int) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  /// The identity in a status.
  public init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  /// Nanoseconds since 1970; anybody can set a time centuries away, for which they wrap around: they
  /// only tell one state from another.
  private static func nanoseconds(_ time: timespec) -> Int {
    time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
  }

  /// Whether the content is the same as another's, wherever the file is now.
  public func isSameContent(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode && size == other.size
      && modified == other.modified
  }
}
