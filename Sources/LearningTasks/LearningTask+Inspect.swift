// Inspection: what a run folder holds, after all of it was checked.
import Configuration
import Storage

/// What `inspect` shows: what the task tells of the model, and what its folder holds.
package typealias Inspection<Task: LearningTask> = SideBySide<Task.Description, InspectedFolder>

/// What a run folder holds, whatever its task.
package struct InspectedFolder: Encodable, Sendable {
  package var task: String
  /// The version of the model: equal for equal models.
  package var modelVersion: String
  /// The program that wrote it.
  package var mlcoreVersion: String
  /// On which rows the metrics were measured.
  package var judgedOn: String
  /// The settings of training as they are in run.toml.
  package var parameters: [String: String]
  /// The files; every one was compared with its checksum.
  package var files: [ListedFile]

  enum CodingKeys: String, CodingKey {
    case task, parameters, files
    case modelVersion = "model_version"
    case mlcoreVersion = "mlcore_version"
    case judgedOn = "judged_on"
  }
}

/// A file that a manifest lists.
package struct ListedFile: Encodable, Sendable {
  /// The path in the folder.
  package var name: String
  /// The number of bytes.
  package var size: Int
  /// The checksum.
  package var sha256: String

  /// The files of a manifest, by name.
  static func all(of manifest: Manifest) -> [ListedFile] {
    manifest.files.sorted { $0.key < $1.key }.map {
      ListedFile(name: $0.key, size: $0.value.size, sha256: $0.value.sha256)
    }
  }
}

extension LearningTask {
  /// Checks a run folder and tells what is in it.
  ///
  /// - Throws: `StorageError` if a byte is wrong; `TaskError.notAModel`.
  package static func inspect(folder: String) throws -> Inspection<Self> {
    let model = try Model(folder: folder)
    let results = try RunResults<Self>(folder: folder)
    let description = try describe(model, results, folder: folder)
    let configuration = try configuration(of: folder)
    let resolved = try RunFolderReader.damaging("\(folder)/\(RunFolderReader.configurationName)") {
      try Self.resolved(configuration, results)
    }
    let parameters = Configuration.settings.map { setting in
      let automatic = resolved[setting.key].map { "auto (\($0))" } ?? "auto"
      return (setting.key, setting.read(configuration)?.toml ?? automatic)
    }
    return Inspection<Self>(
      description,
      InspectedFolder(
        task: name, modelVersion: model.version, mlcoreVersion: model.manifest.mlcoreVersion,
        judgedOn: results.judgedOn, parameters: Dictionary(uniqueKeysWithValues: parameters),
        files: ListedFile.all(of: model.manifest)))
  }

  /// The configuration that a run folder was made with.
  ///
  /// - Throws: `StorageError`: what is wrong there is no mistake of the user.
  package static func configuration(of folder: String) throws -> Configuration {
    var configuration = Configuration()
    try RunFolderReader.apply(
      RunFolderReader.configurationName, of: folder, by: Configuration.layers, to: &configuration)
    return configuration
  }
}
