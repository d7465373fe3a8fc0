// The study of a search for other programs, whatever was searched.
import FoundationEssentials
import Storage

/// What can be done with any search that has ended.
package enum SearchTask {
  /// Whether a folder is that of a search which has ended, so that `--resume` adds trials to it.
  package static func holdsStudy(_ folder: String) -> Bool {
    [Manifest.fileName, StudyFile.name].allSatisfy {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
  }

  /// Whether `--resume` finds trials for a folder: of a search that has ended, or of one that was
  /// stopped.
  public static func isResumable(_ folder: String) -> Bool {
    holdsStudy(folder) || StudyPlace(target: folder).exists
  }

  /// Writes the study of a run folder as a journal for Optuna.
  ///
  /// - Parameter replaces: whether a file that exists may be replaced.
  /// - Returns: the number of trials.
  /// - Throws: `TaskError.notAModel`, `.insideModel`, `StorageError`, `TuningError.corruptStudy`.
  package static func exportStudy(
    of folder: String, to output: String, replaces: Bool
  ) throws -> Int {
    try OutputPlace.check(files: [output], model: folder, replaces: replaces)
    let study = try StudyFile(folder: folder)
    try AtomicFile.write(try RunFolderReader.bytes(StudyFile.journalName, of: folder), to: output)
    return study.trials.count
  }
}
