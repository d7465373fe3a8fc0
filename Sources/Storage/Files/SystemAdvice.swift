// What to do about a refusal of the system, where its number alone tells.

internal import Glibc

/// Advice by the number of an error of the system.
public enum SystemAdvice {
  /// What to do, as the beginning of a sentence in lower case; nil where the number does not tell.
  public static func text(_ errorNumber: Int32) -> String? {
    switch errorNumber {
    case ENAMETOOLONG:
      "choose a shorter name: a name has at most 255 bytes, and a whole path 4,095"
    case ENOSPC: "free some space, or write to another disk"
    case EDQUOT: "the user's share of the disk is used up: remove files, or ask for a larger share"
    case EFBIG: "the file is larger than the limit allows: raise the limit (ulimit -f)"
    case EROFS: "choose a folder on another disk: nothing can be written to this one"
    case EMFILE: "the program has too many files open: raise the limit (ulimit -n)"
    case ENFILE: "the machine has too many files open: end other programs, or raise fs.file-max"
    case ELOOP: "links lead in a circle: remove one of them"
    case ENOTDIR: "choose a path whose folders are folders, or move the file away"
    case EISDIR: "name a file: this is a folder"
    case EACCES, EPERM: "choose a place that you may use, or ask for the permission"
    case EIO: "the disk does not do what it should: see the log of the system"
    case ETXTBSY: "end the program that runs from this file"
    default: nil
    }
  }
}
