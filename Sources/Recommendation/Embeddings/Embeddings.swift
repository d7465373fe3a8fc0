// Vectors with names: what a recommender knows of its users, or of its items.
package import NumericCore
package import Tables

/// Identifiers with a vector each.
package struct Embeddings: Sendable, Equatable {
  /// The identifiers; no two are the same.
  package let identifiers: Identifiers
  /// The vectors, one per row; every number is finite.
  package let vectors: Matrix<Float>

  /// The numbers of a vector.
  package var dimension: Int { vectors.columns }

  /// Creates embeddings.
  ///
  /// - Precondition: there is a vector per identifier, of at least one number.
  /// - Throws: `RecommendationError.vectorNotFinite`, `.sameIdentifier`: no vector store takes either.
  package init(identifiers: Identifiers, vectors: Matrix<Float>) throws {
    precondition(
      identifiers.count == vectors.rows && vectors.columns >= 1,
      "\(identifiers.count) identifiers of \(vectors.rows) vectors of \(vectors.columns) numbers")
    if let place = vectors.elements.firstIndex(where: { !$0.isFinite }) {
      throw RecommendationError.vectorNotFinite(
        identifier: identifiers[place / vectors.columns], position: place % vectors.columns + 1)
    }
    // By their bytes: Swift takes different spellings of "é" for equal, a database does not.
    var rows: [[UInt8]: Int] = [:]
    rows.reserveCapacity(identifiers.count)
    for row in 0..<identifiers.count {
      let identifier = identifiers[row]
      if let first = rows.updateValue(row, forKey: Array(identifier.utf8)) {
        throw RecommendationError.sameIdentifier(
          identifier: identifier, rows: [first + 1, row + 1])
      }
    }
    self.identifiers = identifiers
    self.vectors = vectors
  }
}

/// A form in which embeddings are written.
package enum EmbeddingsFormat: String, Codable, Sendable, CaseIterable {
  /// Columns `id` and `embedding`, the vector as the text of pgvector.
  case csv
  /// An array of numpy, with the identifiers in a file beside it.
  case npy
  /// Columns `id` and `embedding`, the vector as a list of float32.
  case parquet
  /// A tensor `embedding`, with the identifiers in the metadata or as a tensor `id`.
  case safetensors
}
