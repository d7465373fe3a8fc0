// Embeddings as files for other systems. Every file is complete or absent, and the same embeddings
// give the same bytes.
internal import LearningTasks
internal import ModelFormats
package import NumericCore
internal import Tables

/// Writes embeddings.
package enum EmbeddingsFile {
  /// Writes embeddings in a format, and returns the files that were written.
  ///
  /// - Parameter location: a local path or an `s3://` URI without a query.
  /// - Throws: `TableError`; `RecommendationError.identifiersTooLong` for safetensors.
  @discardableResult
  package static func write(
    _ embeddings: Embeddings, as format: EmbeddingsFormat, to location: String, pool: WorkerPool
  ) throws -> [String] {
    switch format {
    case .csv:
      try DataOutput.write(to: location) { append in
        try EmbeddingsCSV.write(embeddings, pool: pool, to: append)
      }
    case .npy:
      // The identifiers first: who finds the array finds them as well.
      let names = identifiersLocation(for: location)
      try DataOutput.write(to: names) { try $0(identifierLines(of: embeddings)) }
      try DataOutput.write(to: location) { try $0(NumPyFile.encoded(embeddings.tensor)) }
    case .parquet:
      try VectorTable(identifiers: embeddings.identifiers, vectors: embeddings.vectors)
        .writeParquet(to: location)
    case .safetensors:
      let bytes = try EmbeddingsSafetensors.encoded(embeddings, name: location)
      try DataOutput.write(to: location) { try $0(bytes) }
    }
    return names(as: format, at: location)
  }

  /// The files that `write` makes, in their order.
  static func names(as format: EmbeddingsFormat, at location: String) -> [String] {
    format == .npy ? [location, identifiersLocation(for: location)] : [location]
  }

  /// The place of the identifiers of an array: `items.ids.jsonl` for `items.npy`.
  static func identifiersLocation(for location: String) -> String {
    (location.hasSuffix(".npy") ? String(location.dropLast(4)) : location) + ".ids.jsonl"
  }

  /// One JSON value per line, so that an identifier may hold a line end.
  private static func identifierLines(of embeddings: Embeddings) throws -> [UInt8] {
    switch embeddings.identifiers {
    case .integers(let integers): Array(integers.map { "\($0)\n" }.joined().utf8)
    case .text(let strings):
      try strings.reduce(into: []) { bytes, string in
        bytes += try JSONDocument.line(of: string)
      }
    }
  }
}

extension Embeddings {
  /// The vectors as an array of two axes.
  var tensor: Tensor { Tensor(vectors.elements, shape: [vectors.rows, vectors.columns]) }
}
