// Export: the vectors of a trained recommender as files for other systems.
import FoundationEssentials
package import LearningTasks
import ModelFormats
import Recommender
import Storage

/// What was exported.
package struct EmbeddingsExport: Encodable, Sendable {
  package var users: Int
  package var items: Int
  package var dimension: Int
  /// The files that were written.
  package var files: [String]
}

extension RecommenderTask {
  /// Writes `user_embeddings` and `item_embeddings` into a folder, each file complete or absent.
  ///
  /// - Parameters:
  ///   - output: a local folder, made if it is not there, or an `s3://` prefix.
  ///   - replaces: whether files that exist may be replaced.
  /// - Throws: `TaskError.notAModel`, `TaskError.insideModel`; `StorageError`; `TableError`.
  package static func exportEmbeddings(
    model folder: String, as format: EmbeddingsFormat, to output: String, replaces: Bool,
    context: RunContext
  ) throws -> EmbeddingsExport {
    let place = output.hasSuffix("/") ? String(output.dropLast()) : output
    let locations = ["user_embeddings", "item_embeddings"].map {
      "\(place)/\($0).\(format.rawValue)"
    }
    try OutputPlace.check(
      files: locations.flatMap { EmbeddingsFile.names(as: format, at: $0) }, model: folder,
      replaces: replaces)
    let model = try RecommenderModel(folder: folder)
    context.warnOfZeros(model)
    if !output.contains("://") {
      do {
        try FileManager.default.createDirectory(
          atPath: place, withIntermediateDirectories: true)
      } catch {
        throw TaskError.notAFolder(path: place)
      }
    }
    var files: [String] = []
    for (location, (index, vectors)) in zip(
      locations, [(model.users, model.userVectors), (model.items, model.itemVectors)])
    {
      files += try EmbeddingsFile.write(
        Embeddings(names: index.names, vectors: vectors), as: format,
        to: location, pool: context.pool)
    }
    return EmbeddingsExport(
      users: model.users.count, items: model.items.count, dimension: model.towers.dimension,
      files: files)
  }
}
