// Users and items of whom a model knows nothing: they are like nothing, and get nothing.
import LearningTasks
import NumericCore

extension RecommenderModel {
  /// The items of which nothing is known, ascending.
  var blankItems: [Int] { (0..<items.count).filter(isBlank(item:)) }

  /// Whether nothing is known of a user, or of an item.
  func isBlank(user: Int) -> Bool { !scorer.isKnown(.user(user)) }
  func isBlank(item: Int) -> Bool { !scorer.isKnown(.items([Int32(item)])) }

  /// The items whose vectors are all zeros, ascending; a graph may know some of them.
  var zeroItems: [Int] { Self.zeros(itemVectors) }

  fileprivate static func zeros(_ vectors: Matrix<Float>) -> [Int] {
    (0..<vectors.rows).filter { vectors.row($0).allSatisfy { $0 == 0 } }
  }
}

extension RunContext {
  /// Tells of the vectors of a model that are all zeros, whatever a graph knows beside them.
  func warnOfZeros(_ model: RecommenderModel) {
    warnOfZeros(
      RecommenderModel.zeros(model.userVectors), side: "user", names: model.users.names)
    warnOfZeros(model.zeroItems, side: "item", names: model.items.names)
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
