// Embeddings in one safetensors file: a tensor `embedding` [rows, dimension] of float32, and the
// identifiers as a tensor `id` [rows] of int64, or as a JSON list of strings in the metadata `ids`.
internal import Artifacts
internal import FoundationEssentials
internal import NumericCore
internal import Tables

/// Embeddings as safetensors.
enum EmbeddingsSafetensors {
  private static let vectorsName = "embedding"
  private static let integersName = "id"
  private static let stringsName = "ids"

  /// Returns the bytes of a file.
  ///
  /// - Parameter name: the file, for error messages.
  /// - Throws: `TaskError.identifiersTooLong`.
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
      throw TaskError.identifiersTooLong(
        file: name, size: header, limit: SafetensorsFile.longestHeader)
    }
    return bytes
  }

  /// Reads the bytes of a file.
  ///
  /// - Throws: `ArtifactError.corrupt`, `TaskError`.
  static func decoded(_ bytes: [UInt8], file name: String) throws -> Embeddings {
    let file = try SafetensorsFile(decoding: bytes, file: name)
    let numbers = try file.tensor(vectorsName, as: Float.self, shape: [nil, nil])
    let shape = file.tensors[vectorsName]?.shape ?? []
    guard shape[1] >= 1 else {
      throw ArtifactError.corrupt(
        file: name, item: "vectors of", found: "0 numbers", expected: "at least 1")
    }
    let identifiers: Identifiers
    if file.tensors[integersName] != nil {
      identifiers = .integers(try file.tensor(integersName, as: Int64.self, shape: [shape[0]]))
    } else {
      let text = try file.metadata(stringsName)
      guard let strings = try? JSONDocument.value([String].self, from: Array(text.utf8)),
        strings.count == shape[0]
      else {
        throw ArtifactError.corrupt(
          file: name, item: "metadata \(stringsName)", found: "with another content",
          expected: "a JSON list of \(shape[0]) strings")
      }
      identifiers = .text(strings)
    }
    return try Embeddings(
      identifiers: identifiers,
      vectors: Matrix(rows: shape[0], columns: shape[1], elements: numbers))
  }
}
