// Reads run folders: nothing is believed before the manifest has been checked.
import Configuration
import FoundationEssentials
package import Storage
import Tables

/// Reads the files of a run folder.
package enum RunFolderReader {
  /// The file of the whole configuration in a run folder.
  static let configurationName = "run.toml"

  /// The task that a run folder is of.
  ///
  /// Only the manifest is read; the reader of that task checks all of the folder.
  ///
  /// - Throws: `TaskError.notAModel` if there is no folder with a manifest; `StorageError`.
  package static func task(of folder: String) throws -> String {
    try requireRunFolder(folder)
    return try Manifest(folder: folder).task
  }

  /// Checks every file of a folder against its manifest.
  ///
  /// - Throws: `TaskError.notAModel` if there is no folder with a manifest; `StorageError`.
  static func manifest(of folder: String) throws -> Manifest {
    try requireRunFolder(folder)
    return try Manifest.verify(folder: folder)
  }

  /// Checks every file of the run folder of a kind of model.
  ///
  /// - Throws: `TaskError.notAModel` if there is no folder with a model, `.otherModel` for one of
  ///   another task; `StorageError`.
  package static func manifest<Model: TrainedModel>(
    of folder: String, with model: Model.Type, task: String
  ) throws -> Manifest {
    let manifest = try manifest(of: folder)
    guard manifest.task == task else {
      throw TaskError.otherModel(folder: folder, found: manifest.task, expected: [task])
    }
    guard manifest.files[Model.fileName] != nil else {
      throw TaskError.notAModel(
        folder: folder, problem: "this has no model: its manifest lists no \(Model.fileName)")
    }
    return manifest
  }

  private static func requireRunFolder(_ folder: String) throws {
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
  }

  /// A run folder's manifest as an input of another run.
  ///
  /// - Throws: `StorageError.system`.
  package static func input(_ folder: String) throws -> Manifest.Input {
    let path = "\(folder)/\(Manifest.fileName)"
    return Manifest.Input(
      name: LocationText.recorded(folder) + "/\(Manifest.fileName)",
      fingerprint: try Fingerprint(ofFile: path))
  }

  /// Checks that a file to write is not in a run folder, which it would make unreadable.
  ///
  /// - Throws: `TaskError.insideModel`.
  package static func requireOutside(_ output: String) throws {
    if output == "-" || output.contains("://") { return }
    // With links resolved: the folder may have other names.
    let parent = URL(filePath: output).deletingLastPathComponent().path
    var folder = URL(filePath: parent).resolvingSymlinksInPath()
    while folder.path != "/" {
      if isRunFolder(folder.path) {
        throw TaskError.insideModel(path: output, folder: folder.path)
      }
      folder.deleteLastPathComponent()
    }
  }

  /// Whether a folder has the manifest of a run; other programs have files of this name too.
  private static func isRunFolder(_ folder: String) -> Bool {
    guard Manifest.isPresent(in: folder) else { return false }
    do {
      _ = try Manifest(folder: folder)
      return true
    } catch StorageError.olderVersion, StorageError.newerVersion {
      return true
    } catch {
      return false
    }
  }

  /// Reads a file that the manifest lists.
  ///
  /// - Throws: `StorageError`, `.corrupt` if it is not there.
  package static func bytes(_ name: String, of folder: String) throws -> [UInt8] {
    let path = "\(folder)/\(name)"
    do {
      return try PlainFile.read(path, inside: folder)
    } catch StorageError.system {
      throw StorageError.corrupt(
        file: path, item: "the file", found: "missing or unreadable",
        expected: "a file of a model folder")
    }
  }

  /// Reads a JSON file that the manifest lists.
  ///
  /// - Throws: `StorageError`.
  static func value<Value: Decodable>(
    _ type: Value.Type, _ name: String, of folder: String, expected: String
  ) throws -> Value {
    try CheckedJSON.value(
      type, from: bytes(name, of: folder), file: "\(folder)/\(name)", expected: expected)
  }

  /// Reads the settings of a run folder's run.toml.
  ///
  /// - Throws: `StorageError`: what is wrong there is no mistake of the user.
  static func apply<Configuration>(
    _ name: String, of folder: String, by layers: ConfigurationLayers<Configuration>,
    to configuration: inout Configuration
  ) throws {
    let path = "\(folder)/\(name)"
    let text = try bytes(name, of: folder)
    try damaging(path) { try layers.apply(text, file: path, to: &configuration) }
  }

  /// Turns what is wrong with settings into what is wrong with the file that they were read from.
  ///
  /// - Throws: `StorageError.corrupt`.
  static func damaging<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as any Error & CustomStringConvertible where !(error is StorageError) {
      throw StorageError.corrupt(
        file: path, item: "settings", found: "with a problem (\(error.description))",
        expected: "the settings that training wrote")
    }
  }
}
