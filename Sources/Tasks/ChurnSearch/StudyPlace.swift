// Where a search keeps its study while it runs: a hidden folder beside the one that it will write,
// which stays when the process is killed.
import Artifacts
import FoundationEssentials
import Tuning

/// The folder of an unfinished study.
struct StudyPlace {
  private let folder: String

  /// The place beside a run folder.
  init(target: String) {
    let url = URL(filePath: target).standardizedFileURL
    folder = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).study").path
  }

  /// Opens the study there.
  ///
  /// - Parameters:
  ///   - resumes: whether to go on with what is there; else something there is an error.
  ///   - force: whether to begin anew whatever is there, unless `resumes`.
  /// - Throws: `TuningError`.
  func open(
    description: [(key: String, value: String)], resumes: Bool, force: Bool
  ) throws -> StudyStore {
    let manager = FileManager.default
    if manager.fileExists(atPath: folder), !resumes {
      guard force else { throw TuningError.unfinished(path: folder) }
      // Opened first, so that a study that somebody works on is left alone.
      _ = try? StudyStore(path: file, description: [])
      try? manager.removeItem(atPath: folder)
    }
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw TuningError.database(path: folder, reason: "the folder cannot be made")
    }
    return try StudyStore(path: file, description: description)
  }

  /// Removes the study, which has ended.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private var file: String { "\(folder)/study.sqlite" }
}
