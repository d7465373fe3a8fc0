import NumericCore
import Recommender

enum TorchTowers { static func stateDictionary(of model: TwoTowerModel) -> [UInt8] { [] } }
enum EmbeddingsCSV {
  static func bytes(ids: [String], vectors: Matrix<Float>) throws -> [UInt8] { [] }
}
extension RecommenderFit {
  func judgeBaselines(
    _ train: RatedPairs, _ judged: RatedPairs, _ relevant: SparseRows,
    _ j: inout RecommenderJudgement, _ t: inout RecommenderReport.Timings
  ) throws {}
}
