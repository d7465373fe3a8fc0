// The exchange of the audit log for a new one, in steps that a kill between them does not harm.
internal import Glibc
internal import Storage

/// A new log beside the old one, in a hidden folder whose name says how far the exchange came: all
/// steps may be done again after a kill.
struct PendingLog {
  /// The folder of the log.
  let folder: String
  /// The number of the folder that keeps the old files.
  let number: Int

  /// The old files are still in place.
  private var complete: String { "\(folder)/\(Self.prefix)\(number)" }
  /// The old files are out of the way.
  private var entering: String { complete + Self.enteringEnd }
  var keptName: String { "\(AuditLog.keptPrefix)\(number)" }

  private static let prefix = ".repair-"
  private static let enteringEnd = ".entering"

  init(folder: String, number: Int) {
    self.folder = folder
    self.number = number
  }

  /// Finds one that a killed process had completed; nil if there is none.
  init?(in folder: String) throws {
    let number = try Disk.names(in: folder).lazy.compactMap { name -> Int? in
      guard name.hasPrefix(Self.prefix) else { return nil }
      guard let status = Disk.status("\(folder)/\(name)"), Disk.isFolder(status) else { return nil }
      let rest = name.dropFirst(Self.prefix.count)
      return Int(rest.hasSuffix(Self.enteringEnd) ? rest.dropLast(Self.enteringEnd.count) : rest)
    }.first
    guard let number else { return nil }
    self.init(folder: folder, number: number)
  }

  /// Writes the files; until all of them are there nothing is pending.
  func write(_ parts: [(name: String, text: String)]) throws {
    let work = "\(folder)/.repair"
    Disk.remove(work)
    try Disk.makeFolder(work)
    for part in parts { try Disk.replace("\(work)/\(part.name)", with: part.text) }
    try Disk.move(work, to: complete)
  }

  /// Moves the old files out, and the new ones in.
  func putInPlace() throws {
    let kept = "\(folder)/\(keptName)"
    try Disk.makeFolder(kept)
    if Disk.exists(complete) {
      for name in try Disk.names(in: folder) {
        if name.hasPrefix(".") || name.hasPrefix(AuditLog.keptPrefix) { continue }
        try Disk.move("\(folder)/\(name)", to: "\(kept)/\(name)")
      }
      try Disk.move(complete, to: entering)
    }
    for name in try Disk.names(in: entering) {
      try Disk.move("\(entering)/\(name)", to: "\(folder)/\(name)")
    }
  }

  /// Ends the exchange.
  func remove() throws {
    Disk.remove(entering)
    try Disk.flush(folder)
  }
}
