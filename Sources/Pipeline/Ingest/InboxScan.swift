// What lies in the watched folders now: every file whose name counts, in all folders below.
import Glibc
import Storage

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
    include.contains { Self.matches($0, name) } && !isPassedOver(name)
  }

  /// Whether the settings pass a file over, or its name says that it is not complete.
  func isPassedOver(_ name: String) -> Bool {
    let own = Disk.name(of: name)
    return own.hasPrefix(".") || own.hasPrefix("_")
      || (exclude + Self.unfinished).contains { Self.matches($0, name) }
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    fnmatch(
      pattern, pattern.contains("/") ? name : Disk.name(of: name), FNM_PERIOD | ignoringCase) == 0
  }

  /// FNM_CASEFOLD of GNU's library: a.CSV is a CSV file too.
  private static let ignoringCase: Int32 = 1 << 4
}

extension PipelineConfiguration.Watching {
  /// Which names count.
  var patterns: NamePatterns { NamePatterns(include: include, exclude: exclude) }
}

/// What a scan found.
struct ScanResult {
  /// The files that count, in the order of their paths.
  var files: [FoundFile] = []
  /// What looks like a file that counts, and why it does not count.
  var skipped: [(path: String, reason: String)] = []
  /// What has a name that is not UTF-8: the folder, and the bytes of the name.
  var unnamed: [(folder: String, bytes: [UInt8])] = []
  /// What is passed over because of its name, and why; writers call unfinished files so.
  var hidden: [(path: String, reason: String)] = []
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
  /// Watches every folder that is visited; nil to look only once.
  let watcher: ChangeWatcher?

  /// The files that are there, and what is odd.
  ///
  /// A folder is watched before its names are read, so that nothing that comes later is missed.
  /// Links to files and folders elsewhere are passed over, as are folders that cannot be read.
  ///
  /// - Parameter problem: told about another folder that cannot be read.
  /// - Throws: `PipelineError.system` if the inbox cannot be read.
  func result(problem: (_ folder: String, _ error: any Error) -> Void) throws -> ScanResult {
    var result = ScanResult()
    watcher?.beginScan()
    watcher?.watch(inbox)
    try visit("", of: inbox, &result)
    for folder in others {
      watcher?.watch(folder)
      do {
        try visit("", of: folder, &result)
      } catch {
        problem(folder, error)
      }
    }
    return result
  }

  private func visit(_ folder: String, of source: String, _ result: inout ScanResult) throws {
    let place = folder.isEmpty ? source : "\(source)/\(folder)"
    let (names, others) = try Disk.allNames(in: place)
    result.unnamed += others.map { (folder: place, bytes: $0) }
    for own in names {
      let name = folder.isEmpty ? own : "\(folder)/\(own)"
      let path = "\(source)/\(name)"
      guard let status = Disk.status(path) else {
        if errno != ENOENT { result.skipped.append((path, String(cString: strerror(errno)))) }
        continue
      }
      if Disk.isFolder(status) {
        if path == home { continue }
        if own.hasPrefix(".") || own.hasPrefix("_") {
          result.hidden.append((path, "a folder whose name begins with . or _"))
          continue
        }
        if patterns.accept(name) {
          result.skipped.append((path, "found a folder, expected a file; its files are taken"))
        }
        watcher?.watch(path)
        do {
          try visit(name, of: source, &result)
        } catch PipelineError.system(_, path, let number) {
          if number != ENOENT { result.skipped.append((path, String(cString: strerror(number)))) }
        }
      } else if !Disk.isFile(status) {
        if patterns.accept(name) {
          result.skipped.append((path, "found \(Disk.kind(of: status)), expected a file"))
        }
      } else if patterns.accept(name) {
        result.files.append(
          FoundFile(source: source, name: name, identity: Disk.Identity(status)))
      } else if source == inbox, !patterns.isPassedOver(name) {
        result.skipped.append((path, "the name is none of watch.include"))
      } else {
        result.hidden.append((path, "the name is one of unfinished files or of watch.exclude"))
      }
    }
  }
}
