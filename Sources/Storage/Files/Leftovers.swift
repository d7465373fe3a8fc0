// Unfinished files beside their places, and how those of killed processes are told from others.

internal import Glibc

/// Files under temporary names: each is called `.<name>.<process>.tmp` until it is complete.
public enum Leftovers {
  /// The temporary name beside a place, which no other process takes.
  ///
  /// - Parameter mark: tells files of this process apart.
  public static func temporaryPath(for path: String, mark: String = "") -> String {
    "\(prefix(of: path))\(getpid())\(mark)\(ending)"
  }

  /// Marks an open file as one that somebody still writes, as long as it is open.
  ///
  /// File systems without locks are served by the process number alone.
  public static func hold(_ descriptor: Int32) { _ = flock(descriptor, LOCK_SH | LOCK_NB) }

  /// Removes what killed processes left of the same file, where a lock says that they are gone.
  public static func remove(beside path: String) {
    let folder = FileSystem.parent(of: path)
    let prefix = FileSystem.name(of: prefix(of: path))
    for name in (try? FileSystem.names(in: folder)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(ending) {
      let marked = name.dropFirst(prefix.count).dropLast(ending.count)
      guard let process = pid_t(marked.prefix { $0 != "-" }), process > 0, isDead(process) else {
        continue
      }
      let file = open("\(folder)/\(name)", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard file >= 0 else { continue }
      if flock(file, LOCK_EX | LOCK_NB) == 0 { unlink("\(folder)/\(name)") }
      close(file)
    }
  }

  /// The process in a name that ends in its number.
  static func process(of name: String, prefix: String) -> pid_t? {
    name.hasPrefix(prefix) ? pid_t(name.dropFirst(prefix.count)) : nil
  }

  /// Whether a process is gone, as far as this one can see.
  static func isDead(_ process: pid_t) -> Bool { kill(process, 0) != 0 && errno == ESRCH }

  private static let ending = ".tmp"

  private static func prefix(of path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    return "\(FileSystem.parent(of: path))/.\(name)."
  }
}
