import NumericCore

enum EmbeddingsCSV {
  static func bytes(ids: [String], vectors: Matrix<Float>) throws -> [UInt8] { [] }
}
