// What is minimised: a loss with first and second derivatives with respect to the raw score.

/// Which labels an objective can learn from.
public enum LabelKind: Sendable {
  /// 0 and 1.
  case binary
  /// Any finite number.
  case real
  /// Any finite number that is not negative.
  case nonNegative

  /// Whether a finite label is of the kind.
  func holds(_ label: Double) -> Bool {
    switch self {
    case .binary: label == 0 || label == 1
    case .real: true
    case .nonNegative: label >= 0
    }
  }
}

/// From predictions to raw scores.
public enum Link: Sendable {
  /// The raw score is the prediction.
  case identity
  /// The raw score is the logarithm of the prediction.
  case logarithm
  /// The raw score is the log-odds of the prediction.
  case logit
}

/// How the values of a tree's leaves come from their rows.
public enum LeafRule: Sendable, Equatable {
  /// By Newton's method, at most a step in either direction before shrinkage.
  case newton(longestStep: Double)
  /// The median of what the labels of the leaf's rows are above their scores.
  case medianResidual
}

/// A twice differentiable loss between labels and raw scores.
///
/// Kernels work on blocks of rows that are small enough for the nearest cache.
public protocol Objective: Sendable {
  /// The name under which a model file remembers the objective.
  static var name: String { get }

  /// Which labels the objective can learn from.
  static var labelKind: LabelKind { get }

  /// How a program that reads an exported model makes predictions of raw scores.
  static var link: Link { get }

  /// The best constant raw score for labels and their weights (nil: all 1).
  func initialScore(labels: [Float], weights: [Float]?) -> Double

  /// Bounds of |gradient| and hessian for rows of weight 1, or nil if they depend on the data.
  var derivativeBounds: (gradient: Float, hessian: Float)? { get }

  /// How the values of leaves come from their rows.
  ///
  /// A step that is bounded needs derivatives without bounds, whose leaves are computed exactly.
  var leafRule: LeafRule { get }

  /// Computes the derivatives of the loss of rows of weight 1 at their scores.
  ///
  /// - Precondition: the four buffers have the same length.
  func derivatives(
    scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Float>,
    gradients: UnsafeMutableBufferPointer<Float>, hessians: UnsafeMutableBufferPointer<Float>)

  /// The loss of a row of weight 1.
  func loss(score: Double, label: Double) -> Double

  /// What a raw score predicts: a probability, or the value itself.
  func prediction(score: Double) -> Double
}

extension Objective {
  public static var link: Link { .identity }
  public var leafRule: LeafRule { .newton(longestStep: .infinity) }
}

/// The objectives that a model file may name.
enum KnownObjectives {
  /// The objective of a name, or nil.
  static func named(_ name: String) -> (any Objective)? {
    switch name {
    case BinaryLogLoss.name: BinaryLogLoss()
    case SquaredError.name: SquaredError()
    case AbsoluteError.name: AbsoluteError()
    case PoissonLoss.name: PoissonLoss()
    default: nil
    }
  }
}
