// A model that is in service, with what is told of it.
import Glibc
import LearningTasks
import Storage

/// A model that was read.
struct ServedModel: Sendable {
  /// What answers.
  let predictor: any Predictor
  /// Where it was read from.
  let folder: String
  /// When its folder was written, in seconds since 1970.
  let trained: Double

  /// The version: equal for equal models.
  var version: String { predictor.modelVersion }
}

/// The models that answer at one moment; a request keeps those that it began with.
struct ModelSnapshot: Sendable {
  /// The model that answers where no version is named.
  let champion: ServedModel
  /// The models that can be asked for by version, the champion among them.
  let byVersion: [String: ServedModel]
  /// The model that is asked besides, and whose answers are only logged.
  let shadow: ServedModel?

  /// The versions, the champion's first.
  var versions: [String] {
    [champion.version] + byVersion.keys.filter { $0 != champion.version }.sorted()
  }
}

/// The folders of the models to serve, as they are at one moment.
package struct ModelPlaces: Sendable, Equatable {
  /// The model that answers.
  package var champion: String
  /// Others that can be asked for by version.
  package var others: [String]
  /// The model that is asked besides; nil for none.
  package var shadow: String?

  /// Names folders.
  package init(champion: String, others: [String] = [], shadow: String? = nil) {
    self.champion = champion
    self.others = others
    self.shadow = shadow
  }
}

/// What a model folder looks like without reading it: the identity, size and times of its files.
struct FolderState: Equatable {
  private let files: [String: [Int]]
  /// When the manifest was written, in seconds since 1970.
  let written: Double

  /// Looks at the manifest of a folder and the files that it lists.
  ///
  /// - Throws: `StorageError`.
  init(_ folder: String) throws {
    let names = try Manifest(folder: folder).files.keys
    var found: [String: [Int]] = [:]
    for name in [Manifest.fileName] + names {
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0 else { continue }
      found[name] = [
        Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
        status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
      ]
    }
    files = found
    written = found[Manifest.fileName].map { Double($0[2]) } ?? 0
  }
}
