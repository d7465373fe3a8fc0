// Export: the vectors of a trained recommender as files for other systems.
import Artifacts
import FoundationEssentials
import Recommender

/// What was exported.
public struct EmbeddingsExport: Encodable, Sendable {
  public var users: Int
  public var items: Int
  public var dimension: Int
  /// The files that were written.
  public var files: [String]
}

extension RecommenderTask {
  /// Writes `user_embeddings` and `item_embeddings` into a folder, each file complete or absent.
  ///
  /// - Parameter folder: a local folder, made if it is not there, or an `s3://` prefix.
  /// - Throws: `TaskError.notAModel`, `TaskError.insideModel`; `ArtifactError`; `TableError`.
  public static func exportEmbeddings(
    model folder: String, as format: EmbeddingsFormat, to output: String, context: TaskContext
  ) throws -> EmbeddingsExport {
    let model = try RecommenderModel(folder: folder)
    context.warnOfZeros(model)
    let place = output.hasSuffix("/") ? String(output.dropLast()) : output
    try RunFolderReader.requireOutside("\(place)/item_embeddings")
    if !output.contains("://") {
      do {
        try FileManager.default.createDirectory(
          atPath: place, withIntermediateDirectories: true)
      } catch {
        throw TaskError.notAFolder(path: place)
      }
    }
    var files: [String] = []
    for (name, index, vectors) in [
      ("user_embeddings", model.users, model.userVectors),
      ("item_embeddings", model.items, model.itemVectors),
    ] {
      files += try EmbeddingsFile.write(
        Embeddings(names: index.names, vectors: vectors), as: format,
        to: "\(place)/\(name).\(format.rawValue)", pool: context.pool)
    }
    return EmbeddingsExport(
      users: model.users.count, items: model.items.count, dimension: model.towers.dimension,
      files: files)
  }
}
