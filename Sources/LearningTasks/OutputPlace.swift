// Where a command may write, decided before anything is read: not over its own input, not into a
// model folder, and over what exists only where the user says so.
import Glibc
import Storage
import Tables

/// The places that a command writes to.
package enum OutputPlace {
  /// Checks the files that are going to be written; `-` is always allowed.
  ///
  /// - Parameters:
  ///   - inputs: the tables that are read.
  ///   - model: the model folder that is read, if one is.
  ///   - replaces: whether files that exist may be replaced.
  /// - Throws: `TaskError.outputIsInput`, `.insideModel`; `StorageError.exists`,
  ///   `.notAFile`; `TableError`.
  package static func check(
    files: [String], inputs: [String] = [], model: String? = nil, replaces: Bool
  ) throws {
    let files = files.filter { $0 != "-" }
    guard !files.isEmpty else { return }
    try check(files, inputs: inputs, model: model)
    for file in files {
      if file.hasPrefix("s3://") {
        if try !replaces && Table.exists(at: file) {
          throw StorageError.exists(path: LocationText.shown(file))
        }
        continue
      }
      var status = stat()
      guard lstat(file, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFLNK else {
        throw StorageError.notAFile(path: file)
      }
      guard replaces else { throw StorageError.exists(path: file) }
    }
  }

  /// Checks a folder that is going to be written, and replaced as a whole if it exists.
  ///
  /// - Throws: `TaskError.outputIsInput`, `.insideModel`; `TableError`.
  package static func check(folder: String, inputs: [String], model: String? = nil) throws {
    try check([folder], inputs: inputs, model: model)
    for input in try inputs.map(InputPlace.init) where input.lies(in: folder) {
      throw TaskError.outputIsInput(path: folder, input: input.name)
    }
  }

  private static func check(_ outputs: [String], inputs: [String], model: String?) throws {
    let places = try inputs.map(InputPlace.init)
    for output in outputs {
      if let input = places.first(where: { $0.contains(output) }) {
        throw TaskError.outputIsInput(path: LocationText.shown(output), input: input.name)
      }
      if let model, try InputPlace(model).contains(output) {
        throw TaskError.insideModel(path: output, folder: model)
      }
      try RunFolderReader.requireOutside(output)
    }
  }
}
