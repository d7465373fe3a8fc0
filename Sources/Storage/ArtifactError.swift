// What can go wrong with files and folders that are written or read back, and the words for it.

internal import Glibc

/// A failure to write an artifact, or to trust one that was read.
public enum StorageError: SystemFailure, Equatable {
  /// What was being done to a path when the system refused.
  public typealias Operation = FileOperation

  /// How a program should end: the command line maps it to an exit code.
  public enum Kind: Sendable, Equatable {
    /// A file, a folder or a permission is in the way.
    case file
    /// The target is there already.
    case exists
    /// Bytes are not what they were when they were written.
    case corrupt
  }

  /// The system refused an operation on a path, with an `errno`.
  case system(Operation, path: String, errorNumber: Int32)
  /// The target of a run is there already.
  case exists(path: String)
  /// The folder to be replaced is neither empty nor a run folder, so it is not deleted.
  case notARunFolder(path: String)
  /// The target of a file is a folder, a pipe or a device.
  case notAFile(path: String)
  /// The run folder was cancelled while something still wrote into it.
  case cancelled(path: String)
  /// An item of a file is not what it must be.
  case corrupt(file: String, item: String, found: String, expected: String)
  /// A file of a run folder is not in its manifest.
  case unlisted(file: String)
  /// A file that is read back is a pipe, a device, a socket or a folder.
  case notPlain(file: String, found: String)
  /// A link leads out of the folder that a file belongs to.
  case outside(file: String, target: String)
  /// A file has more bytes than one of its kind can have.
  case tooLong(file: String, size: Int, limit: Int)
  /// A file was written by a newer program.
  case newerVersion(file: String, found: Int, newest: Int)
  /// A run folder was written by an older program, whose folders are not read any more.
  case olderVersion(file: String, found: Int, expected: Int)

  /// How a program should end.
  public var kind: Kind {
    switch self {
    case .system, .notARunFolder, .notAFile, .cancelled: .file
    case .exists: .exists
    case .corrupt, .unlisted, .notPlain, .outside, .tooLong, .newerVersion, .olderVersion:
      .corrupt
    }
  }
}

extension StorageError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .system(.create, let path, ENOTDIR): "\(path) is a file, expected a folder"
    case .system(let operation, let path, let errorNumber):
      "cannot \(operation.rawValue) \(path): \(String(cString: strerror(errorNumber)))"
    case .exists(let path): "\(path) exists already"
    case .notARunFolder(let path):
      "\(path) is not a run folder: it is not empty and has no \(Manifest.fileName)"
    case .notAFile(let path): "\(path) is a folder, a pipe or a device, expected a file"
    case .cancelled(let path): "\(path) was cancelled while it was being written"
    case .corrupt(let file, let item, let found, let expected):
      "\(file): found \(item) \(found), expected \(expected)"
    case .unlisted(let file):
      "\(file): found a file that \(Manifest.fileName) does not list, expected only those it lists"
    case .notPlain(let file, let found): "\(file): found \(found), expected a plain file"
    case .outside(let file, let target):
      "\(file): found a link to \(target), expected a file inside of the folder"
    case .tooLong(let file, let size, let limit):
      "\(file): found \(size) bytes, expected at most \(limit)"
    case .newerVersion(let file, let found, let newest):
      "\(file): found format version \(found), expected at most \(newest)"
    case .olderVersion(let file, let found, let expected):
      "\(file): found format version \(found) of an older mlcore, expected \(expected)"
    }
  }

  /// What to do about it, in one line.
  public var advice: String {
    switch self {
    case .system(.open, _, ENOENT), .system(.read, _, ENOENT), .system(.list, _, ENOENT):
      "Check the path; the name may be misspelt."
    case .system(_, _, let number):
      Self.sentence(
        SystemAdvice.text(number) ?? "check the path and the disk it is on, then try again")
    case .exists: "Choose another name, or replace what is there with --force."
    case .notAFile: "Choose another name."
    case .notARunFolder: "Choose another folder, or remove this one yourself."
    case .cancelled: "Start the run again."
    case .corrupt: "Restore the file from a copy, or train the model again."
    case .notPlain, .outside, .tooLong:
      "Put a copy of the file in its place, or train the model again."
    case .unlisted: "Remove that file."
    case .olderVersion: "Train the model again."
    case .newerVersion: "Read it with the version of mlcore that wrote it, or a newer one."
    }
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
