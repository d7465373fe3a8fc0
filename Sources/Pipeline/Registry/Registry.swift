// The models of a home and their aliases. The ledger says whose an alias is; links beside the models
// follow it, so that other programs find the champion by its path.
internal import Glibc
internal import Storage

/// The models of one task.
struct Registry: Sendable {
  let home: LoopDirectory
  let ledger: Ledger
  let task: String

  /// The folder of the task's models.
  var folder: String { "\(home.models)/\(task)" }

  /// The folder of a model.
  func folder(of version: String) -> String { "\(folder)/\(version)" }

  /// The model in service; nil before the first.
  func champion() throws -> String? { try ledger.aliases()[.champion] }

  /// The folder of the model in service; nil before the first.
  func championFolder() throws -> String? {
    try champion().map { try presentFolder(of: $0, isInService: true) }
  }

  /// The folder of a model, which has to be there.
  ///
  /// - Parameter isInService: whether it is the champion.
  func presentFolder(of version: String, isInService: Bool) throws -> String {
    let folder = folder(of: version)
    guard Disk.exists(folder) else {
      throw PipelineError.lostModel(folder: folder, isInService: isInService)
    }
    return folder
  }

  /// Gives a trained candidate its place among the models.
  ///
  /// A model that is there already stays: it is the same.
  func publish(_ candidate: String, as version: String) throws {
    try Disk.makeFolder(folder)
    let target = folder(of: version)
    if Disk.exists(target) {
      Disk.remove(candidate)
    } else {
      try Disk.move(candidate, to: target)
    }
  }

  /// Makes the links agree with the ledger; each changes in one step.
  func followAliases() throws {
    try Disk.makeFolder(folder)
    // The loop and a command may do it at once: one after the other they end at the same.
    try Disk.whileLocked(folder, flags: O_RDONLY | O_DIRECTORY, linkAliases)
  }

  private func linkAliases() throws {
    let owners = try ledger.aliases()
    var hasChanged = false
    for alias in Alias.allCases {
      let path = "\(folder)/\(alias.rawValue)"
      guard owners[alias] != Self.target(of: path) else { continue }
      hasChanged = true
      guard let owner = owners[alias] else {
        unlink(path)
        continue
      }
      let temporary = "\(folder)/.\(alias.rawValue).\(getpid())"
      unlink(temporary)
      guard symlink(owner, temporary) == 0 else { throw Disk.failure(.create, path) }
      guard rename(temporary, path) == 0 else { throw Disk.failure(.rename, path) }
    }
    if hasChanged { try Disk.flush(folder) }
  }

  static func target(of link: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = readlink(link, &buffer, buffer.count)
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }

  /// The version that a name or the beginning of one means.
  func version(named name: String) throws -> VersionRecord {
    let versions = try ledger.versions()
    let wanted = try Alias(rawValue: name).flatMap { try ledger.aliases()[$0] } ?? name
    let matches = versions.filter { $0.version == wanted }
    let found = matches.isEmpty ? versions.filter { $0.version.hasPrefix(wanted) } : matches
    guard found.count == 1, !wanted.isEmpty else {
      throw PipelineError.noSuchVersion(name: name, known: versions.reversed().map(\.version))
    }
    return found[0]
  }
}
