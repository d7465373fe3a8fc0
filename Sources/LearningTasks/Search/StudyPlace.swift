// Where a search keeps its study while it runs: a hidden folder beside the one that it will write,
// which stays when the process is killed.
import FoundationEssentials
import Glibc
import Storage
package import Tuning

/// The folder of an unfinished study.
package struct StudyPlace {
  private let folder: String
  /// The longest file that is opened.
  private static let longest = 1 << 32

  /// The place beside a run folder.
  init(target: String) {
    let url = URL(filePath: target).standardizedFileURL
    folder = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).study").path
  }

  /// A place that has a name of its own.
  package init(folder: String) { self.folder = folder }

  /// Whether a study was begun there.
  var exists: Bool { FileManager.default.fileExists(atPath: folder) }

  /// Opens the study there.
  ///
  /// - Parameters:
  ///   - resumes: whether to go on with what is there; else something there is an error.
  ///   - force: whether to begin anew whatever is there, unless `resumes`.
  /// - Throws: `TuningError`, `StorageError`.
  package func open(
    description: [(key: String, value: String)], resumes: Bool, force: Bool
  ) throws -> StudyStore {
    let manager = FileManager.default
    if exists, !resumes {
      guard force else { throw TuningError.unfinished(path: folder) }
      try requireIdle()
      try? manager.removeItem(atPath: folder)
    }
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw TuningError.database(path: folder, reason: "the folder cannot be made")
    }
    // SQLite would wait for the other end of a pipe.
    for path in [file, "\(file)-wal", "\(file)-shm"] where manager.fileExists(atPath: path) {
      try PlainFile.check(path, limit: Self.longest)
    }
    return try StudyStore(path: file, description: description)
  }

  /// Leaves a study alone that another process works on.
  private func requireIdle() throws {
    do {
      _ = try StudyStore(path: file, description: [])
    } catch TuningError.locked(let path) {
      throw TuningError.locked(path: path)
    } catch {
      // Whatever else is wrong with it, it is going to be removed.
    }
  }

  /// Removes the study, which has ended.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// Gives the study, which has ended, its place for good, which may be on another disk.
  ///
  /// - Throws: `StorageError.system`.
  package func keep(as path: String) throws {
    if rename(file, path) != 0 {
      guard errno == EXDEV else {
        throw StorageError.system(.rename, path: file, errorNumber: errno)
      }
      try AtomicFile.write(AtomicFile.read(file, limit: Self.longest), to: path)
    }
    remove()
  }

  private var file: String { "\(folder)/study.sqlite" }
}
