// Reads run folders: nothing is believed before the manifest has been checked.
import Artifacts
import FoundationEssentials

/// Reads the files of a run folder.
enum RunFolderReader {
  /// Checks every file of a folder against its manifest.
  ///
  /// - Throws: `TaskError.notAModel` if there is no folder with a manifest; `ArtifactError`.
  static func manifest(of folder: String) throws -> Manifest {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw TaskError.notAModel(folder: folder, problem: "there is no such folder")
    }
    guard isFolder else {
      throw TaskError.notAModel(folder: folder, problem: "this is a file, expected a model folder")
    }
    guard Manifest.isPresent(in: folder) else {
      throw TaskError.notAModel(
        folder: folder, problem: "this is not a model folder: it has no \(Manifest.fileName)")
    }
    return try Manifest.verify(folder: folder)
  }

  /// Checks that a file to write is not in a run folder, which it would make unreadable.
  ///
  /// - Throws: `TaskError.insideModel`.
  static func requireOutside(_ output: String) throws {
    if output == "-" || output.contains("://") { return }
    // With links resolved: the folder may have other names.
    let parent = URL(filePath: output).deletingLastPathComponent().path
    var folder = URL(filePath: parent).resolvingSymlinksInPath()
    while folder.path != "/" {
      if Manifest.isPresent(in: folder.path),
        [ChurnRunFiles.modelName, RecommenderRunFiles.modelName].contains(where: {
          FileManager.default.fileExists(atPath: "\(folder.path)/\($0)")
        })
      {
        throw TaskError.insideModel(path: output, folder: folder.path)
      }
      folder.deleteLastPathComponent()
    }
  }

  /// Reads a file that the manifest lists.
  ///
  /// - Throws: `ArtifactError.corrupt` if it is not there.
  static func bytes(_ name: String, of folder: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
      throw ArtifactError.corrupt(
        file: "\(folder)/\(name)", item: "the file", found: "missing or unreadable",
        expected: "a file of a model folder")
    }
    return Array(data)
  }
}
