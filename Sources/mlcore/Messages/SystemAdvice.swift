// What to do about a refusal of the system, where its number alone tells.
import Glibc

/// Advice by the number of an error of the system.
enum SystemAdvice {
  private static let texts: [(errorNumber: Int32, text: String)] = [
    (ENAMETOOLONG, "choose a shorter name: a name has at most 255 bytes, and a path 4,095"),
    (ENOSPC, "free some space, or write to another disk"),
    (EDQUOT, "remove files, or ask for more space: the user's share of the disk is used up"),
    (EFBIG, "raise the limit for the size of a file (ulimit -f)"),
    (EROFS, "choose a folder on another disk: this one is read-only"),
    (EMFILE, "raise the limit for open files (ulimit -n)"),
    (ENFILE, "end other programs, or raise fs.file-max: the machine has too many files open"),
    (ELOOP, "remove one of the links: they lead in a circle"),
    (ENOTDIR, "choose a path whose folders are folders, or move the file away"),
    (EEXIST, "choose another name: there is something of this name"),
    (EISDIR, "name a file: this is a folder"),
    (EACCES, "choose a place that you may use, or ask for the permission"),
    (EPERM, "choose a place that you may use, or ask for the permission"),
    (EIO, "check the disk: the log of the system says what is wrong with it"),
    (ETXTBSY, "end the program that runs from this file"),
  ]

  /// What to do about a number; nil where it does not tell.
  static func text(_ errorNumber: Int32) -> String? {
    texts.first { $0.errorNumber == errorNumber }?.text
  }

  /// What to do about the system's own words, which is all that some libraries hand on.
  static func text(saying reason: String) -> String? {
    texts.first { reason.contains(String(cString: strerror($0.errorNumber))) }?.text
  }
}
