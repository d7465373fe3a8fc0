// Vectors of users and items of whom nothing is known: they have no direction, so no distance says
// anything about them.
import LearningTasks
import NumericCore

extension RecommenderModel {
  /// The users, and the items, whose vector is all zeros, ascending.
  var blankUsers: [Int] { Self.zeros(of: userVectors) }
  var blankItems: [Int] { Self.zeros(of: itemVectors) }

  private static func zeros(of vectors: Matrix<Float>) -> [Int] {
    (0..<vectors.rows).filter { vectors.row($0).allSatisfy { $0 == 0 } }
  }
}

extension RunContext {
  /// Tells of the vectors of a model that are all zeros.
  func warnOfZeros(_ model: RecommenderModel) {
    warnOfZeros(model.blankUsers, side: "user", names: model.users.names)
    warnOfZeros(model.blankItems, side: "item", names: model.items.names)
  }

  /// Tells how many vectors of one side are all zeros, if any are.
  func warnOfZeros(_ zeros: [Int], side: String, names: [String]) {
    guard let first = zeros.first else { return }
    warn([
      "the model learnt nothing about \(zeros.count) of \(names.count) \(side)s, the first one "
        + "'\(names[first])': "
        + "\(zeros.count == 1 ? "its embedding is" : "their embeddings are") all zeros"
    ])
  }
}
