// The folder of a training run, which is complete or absent: it is built beside its target under a
// hidden name and renamed into place when all of it is on the disk.

internal import Glibc
internal import Synchronization

/// A folder under construction that takes its name in one step, or vanishes.
///
/// The folder is built as `.<name>.partial-<process>` beside the target. `commit(task:inputs:mlcoreVersion:)`
/// writes the manifest, flushes every file and folder and renames it; `cancel()` removes it, as
/// does the end of the object's life. Both may be called from any thread, so that a signal source
/// can call `cancel()` while another thread writes.
///
/// What a killed process left behind is removed when the next run into the same folder starts. A lock
/// on the partial folder keeps it from runs elsewhere that see other process numbers, and a file in it
/// says that it is a partial folder: a name alone may be that of somebody's own folder.
public final class RunFolder: Sendable {
  /// The absolute path that the folder takes when it is complete.
  public let target: String
  /// The absolute path under which the folder is built.
  public let path: String
  /// The name of the file in every partial folder.
  static let markerName = ".mlcore-partial"
  private let replacesTarget: Bool
  private let state: Mutex<State>

  private struct State {
    enum Phase { case building, committed, cancelled }
    var phase = Phase.building
    /// The open partial folder, which holds the lock.
    var descriptor: Int32
    /// The folders above the target that were created for it, outermost first.
    var createdParents: [String]
  }

  /// Starts a folder.
  ///
  /// Missing folders above the target are created, and removed again if the run is cancelled.
  ///
  /// - Parameter force: replaces an existing run folder, or an empty one, when this one is complete.
  /// - Throws: `StorageError.exists`, `.notARunFolder` if `force` would delete something else,
  ///   `.system`.
  public init(target path: String, force: Bool = false) throws {
    let target = FileSystem.absolute(path)
    let name = FileSystem.name(of: target)
    guard !name.isEmpty, name != ".." else {
      throw StorageError.system(.create, path: path, errorNumber: EINVAL)
    }
    let parent = FileSystem.parent(of: target)
    let partial = "\(parent)/.\(name).partial-\(getpid())"
    Self.removeAbandoned(name: name, in: parent)
    try Self.refuseToReplace(target, force: force)
    let createdParents = try FileSystem.createFolders(parent)
    do {
      state = Mutex(
        State(descriptor: try Self.createLocked(partial), createdParents: createdParents))
    } catch {
      for folder in createdParents.reversed() { rmdir(folder) }
      throw error
    }
    self.target = target
    self.path = partial
    replacesTarget = force
  }

  deinit { cancel() }

  /// Writes one file of the folder, creating the folders above it.
  ///
  /// It is forced onto the disk together with all others at the end: that takes half as long as one
  /// after the other.
  ///
  /// - Parameter name: the path relative to the folder.
  /// - Throws: `StorageError.system`, `.cancelled`.
  public func write(_ bytes: [UInt8], to name: String) throws {
    try whileBuilding { _ in
      try FileSystem.write(bytes, to: Self.place(name, in: path), flushes: false)
    }
  }

  /// Returns the path at which another writer may create a file of the folder, and creates the
  /// folders above it.
  ///
  /// - Parameter name: the path relative to the folder.
  /// - Throws: `StorageError.system`, `.cancelled`.
  public func location(of name: String) throws -> String {
    try whileBuilding { _ in try Self.place(name, in: path) }
  }

  /// Writes the manifest, flushes everything and gives the folder its name.
  ///
  /// If it fails the folder is cancelled. A target that appeared meanwhile is replaced only if
  /// `force` was given. At no moment does the target's name lead to a half-written folder.
  ///
  /// - Throws: `StorageError.system`, `.exists`, `.cancelled`.
  @discardableResult
  public func commit(
    task: String, inputs: [Manifest.Input], mlcoreVersion: String
  ) throws -> Manifest {
    do {
      return try whileBuilding { state in
        let manifest = try Manifest(
          describing: path, task: task, inputs: inputs, mlcoreVersion: mlcoreVersion)
        try FileSystem.write(manifest.encoded(), to: "\(path)/\(Manifest.fileName)")
        // From here on the manifest tells whose folder it is.
        guard unlink("\(path)/\(Self.markerName)") == 0 || errno == ENOENT else {
          throw FileSystem.failure(.write, "\(path)/\(Self.markerName)")
        }
        try flush()
        try moveIntoPlace()
        state.phase = .committed
        close(state.descriptor)
        try FileSystem.flush(FileSystem.parent(of: target))
        return manifest
      }
    } catch {
      cancel()
      throw error
    }
  }

  /// Removes the unfinished folder; does nothing once it is complete or removed.
  public func cancel() {
    state.withLock { state in
      guard state.phase == .building else { return }
      state.phase = .cancelled
      Self.remove(path)
      close(state.descriptor)
      for folder in state.createdParents.reversed() { rmdir(folder) }
    }
  }

  private func whileBuilding<Result: Sendable>(
    _ body: (inout State) throws -> Result
  ) throws -> Result {
    try state.withLock { state in
      guard state.phase == .building else { throw StorageError.cancelled(path: target) }
      return try body(&state)
    }
  }

  private func flush() throws {
    let (files, folders) = try FileSystem.contents(of: path)
    for name in files + folders { try FileSystem.flush("\(path)/\(name)") }
    try FileSystem.flush(path)
  }

  private func moveIntoPlace() throws {
    try Self.refuseToReplace(target, force: replacesTarget)
    // A folder cannot be renamed over a file or over a folder with content, only over an empty one.
    if rename(path, target) == 0 { return }
    guard replacesTarget, errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else {
      if errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR {
        throw StorageError.exists(path: target)
      }
      throw FileSystem.failure(.rename, target)
    }
    if Self.exchange(path, target) { return Self.remove(path) }
    // No exchange on this file system: for a moment there is no target, but never half of one.
    let replaced = Self.replacedName(of: target)
    guard rename(target, replaced) == 0 else { throw FileSystem.failure(.replace, target) }
    guard rename(path, target) == 0 else {
      let error = FileSystem.failure(.rename, target)
      rename(replaced, target)
      throw error
    }
    Self.remove(replaced)
  }
}

// MARK: - Steps

extension RunFolder {
  private static func refuseToReplace(_ target: String, force: Bool) throws {
    guard let status = FileSystem.status(target) else { return }
    guard force else { throw StorageError.exists(path: target) }
    guard FileSystem.isFolder(status) else { throw StorageError.notARunFolder(path: target) }
    let (names, others) = try FileSystem.allNames(in: target)
    guard names.isEmpty && others.isEmpty || names.contains(Manifest.fileName) else {
      throw StorageError.notARunFolder(path: target)
    }
  }

  private static func place(_ name: String, in folder: String) throws -> String {
    let location = "\(folder)/\(name)"
    _ = try FileSystem.createFolders(FileSystem.parent(of: location))
    return location
  }

  /// Creates a folder and locks it, and returns the descriptor that holds the lock.
  private static func createLocked(_ path: String) throws -> Int32 {
    guard mkdir(path, 0o777) == 0 else { throw FileSystem.failure(.create, path) }
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let error = FileSystem.failure(.lock, path)
      rmdir(path)
      throw error
    }
    // File systems without locks are served by the process number alone.
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    do {
      try mark(path)
    } catch {
      remove(path)
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Says in a folder that it is a partial one.
  private static func mark(_ path: String) throws {
    try FileSystem.write([], to: "\(path)/\(markerName)")
  }

  /// Whether a folder says that it is a partial one.
  private static func isMarked(_ path: String) -> Bool {
    FileSystem.status("\(path)/\(markerName)").map(FileSystem.isFile) ?? false
  }

  /// Removes a folder of ours; what is left after a kill says whose it is until the end.
  private static func remove(_ path: String) {
    try? mark(path)
    for name in (try? FileSystem.names(in: path)) ?? [] where name != markerName {
      FileSystem.remove("\(path)/\(name)")
    }
    unlink("\(path)/\(markerName)")
    rmdir(path)
  }

  /// The hidden name of a target that is being replaced without an exchange.
  private static func replacedName(of target: String) -> String {
    "\(FileSystem.parent(of: target))/.\(FileSystem.name(of: target)).replaced-\(getpid())"
  }

  /// Removes what killed processes left of earlier runs in the folder of the target.
  private static func removeAbandoned(name: String, in parent: String) {
    for sibling in (try? FileSystem.names(in: parent)) ?? [] {
      let path = "\(parent)/\(sibling)"
      if let process = Leftovers.process(of: sibling, prefix: ".\(name).partial-") {
        guard isAbandoned(path, by: process) else { continue }
        // Killed before the marker was there, it is empty.
        if isMarked(path) || Manifest.isPresent(in: path) {
          FileSystem.remove(path)
        } else {
          rmdir(path)
        }
      } else if let process = processOfOther(sibling) {
        // Of another target, whose next run may never come: only where locks are known to work.
        if isMarked(path), isAbandoned(path, by: process, trustsNumber: false) {
          FileSystem.remove(path)
        }
      } else if let process = Leftovers.process(of: sibling, prefix: ".\(name).replaced-"),
        Leftovers.isDead(process)
      {
        // Killed between the two renames: the old folder is all there is, so it comes back.
        if isMarked(path) {
          remove(path)
        } else if Manifest.isPresent(in: path), rename(path, "\(parent)/\(name)") != 0 {
          remove(path)
        }
      }
    }
  }

  /// The process that builds a folder for any target; nil for another name.
  private static func processOfOther(_ name: String) -> pid_t? {
    guard name.hasPrefix("."), let mark = name.ranges(of: ".partial-").last,
      mark.lowerBound > name.index(after: name.startIndex)
    else { return nil }
    let number = name[mark.upperBound...]
    return number.allSatisfy { ("0"..."9").contains($0) } ? pid_t(number) : nil
  }

  /// Whether nobody builds a folder any more.
  ///
  /// - Parameter trustsNumber: whether a process that is not seen is believed to be gone on file
  ///   systems that have no locks, where it may run on another machine.
  private static func isAbandoned(
    _ path: String, by process: pid_t, trustsNumber: Bool = true
  ) -> Bool {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || !trustsNumber) {
      return false
    }
    // A living process may be between creating and locking it; its next start will tell.
    return process == getpid() && trustsNumber || Leftovers.isDead(process)
  }

  /// Swaps two names in one step where the system can.
  private static func exchange(_ first: String, _ second: String) -> Bool {
    // Glibc has renameat2 since 2.28, but its Swift module does not show it.
    typealias RenameAt2 =
      @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    let exchangeFlag: UInt32 = 2
    guard let symbol = dlsym(nil, "renameat2") else { return false }
    let renameAt2 = unsafeBitCast(symbol, to: RenameAt2.self)
    return renameAt2(AT_FDCWD, first, AT_FDCWD, second, exchangeFlag) == 0
  }
}
