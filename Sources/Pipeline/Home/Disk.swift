// Files and folders of the home, private to their owner, with the errors of the loop.
internal import Glibc
internal import Storage

/// The system calls under the loop.
typealias Disk = Files<PipelineError>

extension Disk {
  typealias Identity = FileStatus

  /// Whether nothing more can be written to the disk of a folder, or no further file made.
  static func isFull(_ folder: String) -> Bool {
    var status = statvfs()
    // File systems without a fixed number of files say that they have none at all.
    return statvfs(folder, &status) == 0
      && (status.f_bavail == 0 || status.f_files > 0 && status.f_favail == 0)
  }

  /// What something is that is no file, in words.
  static func kind(of status: stat) -> String {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFLNK: "a link"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  /// Writes a file, whole or not at all.
  static func replace(_ path: String, with text: String) throws {
    do {
      try AtomicFile.write(Array(text.utf8), to: path)
    } catch StorageError.system(_, let path, let number) {
      throw PipelineError.system(.write, path: path, errorNumber: number)
    }
  }
}
