// What to do about the errors of files and folders, in the words of the command line.
import Glibc
import Storage

extension StorageError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .system(.open, _, ENOENT), .system(.read, _, ENOENT), .system(.list, _, ENOENT):
      "check the path; the name may be misspelt"
    case .system(_, _, let number):
      SystemAdvice.text(number) ?? "check the path and the disk it is on, then try again"
    case .exists: "choose another name, or replace what is there with --force"
    case .notAFile: "choose another name"
    case .notARunFolder: "choose another folder, or remove this one yourself"
    case .cancelled: "start the run again"
    case .corrupt: "restore the file from a copy, or train the model again"
    case .notPlain, .outside, .tooLong:
      "put a copy of the file in its place, or train the model again"
    case .unlisted: "remove that file"
    case .olderVersion: "train the model again"
    case .newerVersion: "read it with the version of mlcore that wrote it, or a newer one"
    }
  }
}
