// What lies in the watched folders now: every file whose name counts, in all folders below.
import Glibc

/// A file that was found.
struct FoundFile: Sendable, Hashable {
  /// The folder that is watched.
  var source: String
  /// The path below it.
  var name: String
  var identity: Disk.Identity

  var path: String { "\(source)/\(name)" }
  var key: Ledger.InputKey { .init(source: source, name: name, identity: identity) }
}

/// Which names count.
struct NamePatterns: Sendable {
  let include: [String]
  let exclude: [String]

  // What writers call files that are not complete.
  private static let unfinished = ["*.tmp", "*.part", "*.partial", "*.crdownload", "*.swp", "*~"]

  /// Whether a file of this path below a source counts.
  func accept(_ name: String) -> Bool {
    let own = Disk.name(of: name)
    if own.hasPrefix(".") || own.hasPrefix("_") { return false }
    func matches(_ pattern: String) -> Bool {
      fnmatch(pattern, pattern.contains("/") ? name : own, FNM_PERIOD) == 0
    }
    return include.contains(where: matches) && !(exclude + Self.unfinished).contains(where: matches)
  }
}

/// Looks at folders.
struct InboxScan {
  /// The folder that has to be readable.
  let inbox: String
  /// Other folders, which may be away for a time.
  let others: [String]
  /// A folder that is passed over where it lies below another one.
  let home: String
  let patterns: NamePatterns
  /// Told about every folder; nil where nobody waits for changes.
  let watcher: ChangeWatcher?

  /// The files that are there, in the order of their paths.
  ///
  /// A folder is watched before its names are read, so that nothing that comes later is missed.
  /// Links to files and folders elsewhere are passed over, as are folders that cannot be read.
  ///
  /// - Parameter problem: told about another folder that cannot be read.
  /// - Throws: `PipelineError.system` if the inbox cannot be read.
  func files(problem: (_ folder: String, _ error: any Error) -> Void) throws -> [FoundFile] {
    var found: [FoundFile] = []
    watcher?.watch(inbox)
    try visit("", names: Disk.names(in: inbox), of: inbox, &found)
    for folder in others {
      watcher?.watch(folder)
      do {
        try visit("", names: Disk.names(in: folder), of: folder, &found)
      } catch {
        problem(folder, error)
      }
    }
    return found
  }

  private func visit(
    _ folder: String, names: [String], of source: String, _ found: inout [FoundFile]
  ) throws {
    for own in names {
      let name = folder.isEmpty ? own : "\(folder)/\(own)"
      let path = "\(source)/\(name)"
      guard let status = Disk.status(path) else { continue }
      if Disk.isFolder(status) {
        if own.hasPrefix(".") || own.hasPrefix("_") || path == home { continue }
        watcher?.watch(path)
        guard let below = try? Disk.names(in: path) else { continue }
        try visit(name, names: below, of: source, &found)
      } else if Disk.isFile(status), patterns.accept(name) {
        found.append(FoundFile(source: source, name: name, identity: Disk.Identity(status)))
      }
    }
  }
}
