// Embeddings in one safetensors file: a tensor `embedding` [rows, dimension] of float32, and the
// identifiers as a tensor `id` [rows] of int64, or as a JSON list of strings in the metadata `ids`.
internal import LearningTasks
internal import ModelFormats
internal import Tables

/// Embeddings as safetensors.
enum EmbeddingsSafetensors {
  private static let vectorsName = "embedding"
  private static let integersName = "id"
  private static let stringsName = "ids"

  /// Returns the bytes of a file.
  ///
  /// - Parameter name: the file, for error messages.
  /// - Throws: `RecommendationError.identifiersTooLong`.
  static func encoded(_ embeddings: Embeddings, name: String) throws -> [UInt8] {
    var file = SafetensorsFile(tensors: [vectorsName: embeddings.tensor])
    switch embeddings.identifiers {
    case .integers(let integers): file.tensors[integersName] = Tensor(integers)
    case .text(let strings):
      file.metadata[stringsName] = String(
        decoding: try JSONDocument.line(of: strings).dropLast(), as: UTF8.self)
    }
    let bytes = file.encoded()
    let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard header <= SafetensorsFile.longestHeader else {
      throw RecommendationError.identifiersTooLong(
        file: name, size: header, limit: SafetensorsFile.longestHeader)
    }
    return bytes
  }
}
