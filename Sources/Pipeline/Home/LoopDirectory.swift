// The folder in which the loop lives: what is where, and who may look.
import Glibc
import Storage

/// The home of a loop.
///
/// Everything in it belongs to its owner alone: folders have the mode 0700 and files 0600.
public struct LoopDirectory: Sendable {
  /// The absolute path.
  public let path: String

  /// The configuration.
  public var configuration: String { "\(path)/\(Self.configurationName)" }
  /// Where files are dropped; they are taken out when they are stored.
  public var inbox: String { "\(path)/inbox" }
  /// What was dropped, by content.
  public var objects: String { "\(path)/objects" }
  /// What the loop remembers.
  public var state: String { "\(path)/state" }
  /// The database of all files, runs, models and predictions.
  public var ledger: String { "\(state)/ledger.sqlite" }
  /// One folder per run.
  public var runs: String { "\(path)/runs" }
  /// The models, by task and version, and their aliases.
  public var models: String { "\(path)/models" }
  /// What was predicted.
  public var predictions: String { "\(path)/predictions" }
  /// What could not be used, each with the reasons beside it.
  public var quarantine: String { "\(path)/quarantine" }
  /// The log of all that was done.
  public var audit: String { "\(path)/audit" }
  /// The metrics, as Prometheus' node exporter collects them from text files.
  public var metrics: String { "\(state)/mlcore.prom" }
  /// The settings that the loop runs with, for its steps.
  public var settingsCopy: String { "\(state)/settings.toml" }
  /// What a killed training leaves for the next one to go on with.
  var unfinished: String { "\(state)/study" }
  /// Files on their way out of the inbox.
  var taken: String { "\(state)/taken" }

  static let configurationName = "pipeline.toml"

  private var folders: [String] {
    [inbox, objects, state, taken, runs, models, predictions, quarantine, audit]
  }

  private init(path: String) { self.path = path }

  /// Makes a home with a configuration to be edited.
  ///
  /// - Throws: `PipelineError.homeExists` if there is a configuration already, `.notEmpty` if there is
  ///   something else.
  public static func create(_ path: String, configuration: String) throws -> LoopDirectory {
    try Disk.makeFolder(path)
    let home = LoopDirectory(path: try resolved(path))
    guard !Disk.exists(home.configuration) else { throw PipelineError.homeExists(path: home.path) }
    // A mounted disk or a new account brings these along.
    let other = try Disk.names(in: home.path).first { !$0.hasPrefix(".") && $0 != "lost+found" }
    if let other { throw PipelineError.notEmpty(path: home.path, found: other) }
    try home.makeFolders()
    try AtomicFile.write(Array(configuration.utf8), to: home.configuration)
    guard chmod(home.configuration, 0o600) == 0 else {
      throw Disk.failure(.create, home.configuration)
    }
    return home
  }

  /// Opens a home for reading.
  ///
  /// - Throws: `PipelineError.notAHome`; `.system` if it is closed to this user.
  public init(opening path: String) throws {
    if access("\(path)/\(Self.configurationName)", F_OK) != 0, errno == EACCES {
      throw Disk.failure(.open, path)
    }
    guard let whole = try? Self.resolved(path), Disk.exists("\(whole)/\(Self.configurationName)")
    else { throw PipelineError.notAHome(path: path) }
    self.path = whole
  }

  /// Makes what is missing, and takes the rights of others away.
  func makeFolders() throws {
    for folder in [path] + folders {
      try Disk.makeFolder(folder)
      if folder == inbox { try checkInbox() }
      var status = stat()
      guard stat(folder, &status) == 0 else { throw Disk.failure(.open, folder) }
      guard Disk.isFolder(status) else {
        throw PipelineError.system(.open, path: folder, errorNumber: ENOTDIR)
      }
      // What is right already need not be ours to change.
      if status.st_mode & 0o7777 == 0o700 { continue }
      guard chmod(folder, 0o700) == 0 else { throw Disk.failure(.create, folder) }
    }
  }

  /// Makes sure that the inbox is a folder: of one that a link leads to, files would be taken away.
  func checkInbox() throws {
    guard let status = Disk.status(inbox) else { throw Disk.failure(.list, inbox) }
    guard Disk.isFolder(status) else {
      throw PipelineError.system(.list, path: inbox, errorNumber: ENOTDIR)
    }
  }

  /// Removes what killed processes left half-made: all hidden files, as nothing else is hidden.
  ///
  /// The caller holds the lock.
  func removeHalfMade() throws {
    func visit(_ folder: String) throws {
      for name in try Disk.names(in: folder) {
        let path = "\(folder)/\(name)"
        if name.hasPrefix(".") {
          Disk.remove(path)
        } else if let status = Disk.status(path), Disk.isFolder(status) {
          try visit(path)
        }
      }
    }
    for folder in [predictions, quarantine, models, state] { try visit(folder) }
    // Of the many objects none is hidden but in the folder itself.
    for name in try Disk.names(in: objects) where name.hasPrefix(".") {
      Disk.remove("\(objects)/\(name)")
    }
  }

  /// Where a refused file is put; its reasons lie beside it.
  func quarantined(_ name: String, sha256: String) -> String {
    "\(quarantine)/\(sha256.prefix(12))-\(Disk.end(of: Disk.name(of: name), bytes: 180))"
  }

  /// The folder of a run.
  func run(_ id: Int64) -> String { "\(runs)/\(id)" }

  private static func resolved(_ path: String) throws -> String {
    guard let whole = realpath(path, nil) else { throw Disk.failure(.open, path) }
    defer { free(whole) }
    return String(cString: whole)
  }
}
