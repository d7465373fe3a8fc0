// Whether a program has a file open for writing: the kernel grants a read lease only where none has.
// While the lease lasts, a program that opens the file for writing waits until it is given back.
internal import FoundationEssentials
internal import Glibc

/// A read lease on an open file.
struct WriterLease: Sendable {
  /// What the kernel says.
  enum Answer: Sendable {
    /// No program has the file open for writing.
    case granted
    /// A program has it open for writing.
    case refused
    /// The file system knows no leases, or the file belongs to another user.
    case unknown
  }

  /// Asks for the lease of an open file.
  var take: @Sendable (_ descriptor: Int32) -> Answer = Self.takeFromKernel

  // fcntl(2); Glibc's header has them for GNU's sources only.
  private static let setSignal: Int32 = 10
  private static let setLease: Int32 = 1_024
  private static let getLease: Int32 = 1_025

  private static func takeFromKernel(_ descriptor: Int32) -> Answer {
    // The signal that tells of a writer who waits; by default nothing comes of this one.
    guard fcntl(descriptor, setSignal, SIGURG) == 0 else { return .unknown }
    if fcntl(descriptor, setLease, F_RDLCK) == 0 { return .granted }
    return errno == EAGAIN && !isRemote(descriptor) ? .refused : .unknown
  }

  /// Whether a program waits for the lease to be given back, so that it can write.
  static func isWanted(_ descriptor: Int32) -> Bool {
    let state = fcntl(descriptor, getLease)
    return state >= 0 && state != F_RDLCK
  }

  /// Gives the lease back.
  static func giveBack(_ descriptor: Int32) { _ = fcntl(descriptor, setLease, F_UNLCK) }

  /// File systems of other machines and programs, which refuse leases whoever has the file open.
  private static let remoteKinds = ["nfs", "cifs", "smb", "ceph", "9p", "afs", "fuse", "lustre"]

  private static func isRemote(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0,
      let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
    else { return true }
    let device = (status.st_dev >> 8 & 0xfff, status.st_dev & 0xff | status.st_dev >> 12 & 0xfff00)
    guard let kind = kind(ofDevice: "\(device.0):\(device.1)", mounts: mounts) else { return false }
    return remoteKinds.contains { kind.hasPrefix($0) }
  }

  /// The kind of a file system by its device, in the text of proc(5)'s mountinfo; nil where it is not
  /// mounted under that number.
  static func kind(ofDevice device: String, mounts: String) -> String? {
    for line in mounts.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2, words[2] == device, let dash = words.firstIndex(of: "-"),
        dash + 1 < words.count
      else { continue }
      return String(words[dash + 1])
    }
    return nil
  }
}
