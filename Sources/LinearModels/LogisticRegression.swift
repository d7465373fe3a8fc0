// The baseline that every churn model is shown beside: logistic regression with an L2 penalty,
// fitted by iteratively reweighted least squares (Newton's method).
//   minimise  sum_i w_i log(1 + exp(-s_i z_i)) + l2/2 |b|^2,   z = X b + a,  s = +1 or -1
// Green, "Iteratively reweighted least squares", JRSS B 46 (1984), doi:10.1111/j.2517-6161.1984.tb01288.x

internal import Glibc
public import NumericCore

/// How a logistic regression is fitted.
public struct LogisticRegressionConfiguration: Codable, Sendable, Equatable {
  /// The strength of the penalty on the coefficients, above 0; scikit-learn's `1 / C`.
  public var l2 = 1.0
  /// The largest element of the gradient, divided by the sum of the weights, at which to stop.
  public var tolerance = 1e-9
  /// The most steps of Newton's method, at least 1.
  public var maximumIterations = 100

  /// Creates the default configuration.
  public init() {}
}

/// A fitted logistic regression.
public struct LogisticRegression: Codable, Sendable, Equatable {
  /// One coefficient per column of the design matrix.
  public let coefficients: [Double]
  /// The log odds where all columns are zero.
  public let intercept: Double
  /// The number of Newton steps taken.
  public let iterations: Int
  /// Whether the gradient fell below the tolerance.
  public let hasConverged: Bool

  /// Returns the probability of the positive class for each row.
  ///
  /// - Precondition: `features` has one column per coefficient.
  public func predict(_ features: Matrix<Double>) -> [Double] {
    VectorMath.sigmoid(features.multiplied(by: coefficients).map { $0 + intercept })
  }

  /// Fits the coefficients and the intercept, which is not penalised.
  ///
  /// Separable classes and collinear columns are kept finite by the penalty. Needs memory for one
  /// block of rows and a few square matrices beside the design matrix. The result does not depend
  /// on the number of threads of `pool`.
  ///
  /// - Parameters:
  ///   - labels: 0 or 1 per row of `features`.
  ///   - weights: one weight, at least 0, per row; nil weighs all rows alike.
  ///   - isCancelled: asked before every step whether to return what there is by then.
  /// - Precondition: there are rows, and labels and weights match them.
  public static func fit(
    _ features: Matrix<Double>, labels: [Double], weights: [Double]? = nil,
    configuration: LogisticRegressionConfiguration = LogisticRegressionConfiguration(),
    pool: WorkerPool, isCancelled: () -> Bool = { false }
  ) -> LogisticRegression {
    let problem = Problem(
      features: features, labels: labels, weights: weights, l2: configuration.l2, pool: pool)
    precondition(configuration.maximumIterations >= 1, "no iterations are allowed")
    let bound = configuration.tolerance * problem.totalWeight
    var parameters = [Double](repeating: 0, count: features.columns + 1)
    var state = problem.state(at: parameters)
    var iterations = 0
    while iterations < configuration.maximumIterations, state.largestGradient > bound,
      !isCancelled()
    {
      guard let direction = problem.newtonDirection(at: state),
        let (next, nextState) = problem.step(from: parameters, state, along: direction)
      else { break }
      (parameters, state) = (next, nextState)
      iterations += 1
    }
    return LogisticRegression(
      coefficients: Array(parameters.dropLast()), intercept: parameters[features.columns],
      iterations: iterations, hasConverged: state.largestGradient <= bound)
  }
}

/// The data and the objective; parameters are the coefficients followed by the intercept.
private struct Problem {
  let features: Matrix<Double>
  let labels: [Double]
  let weights: [Double]?
  let l2: Double
  let pool: WorkerPool
  let totalWeight: Double

  init(
    features: Matrix<Double>, labels: [Double], weights: [Double]?, l2: Double, pool: WorkerPool
  ) {
    precondition(features.rows > 0, "there are no rows to learn from")
    precondition(labels.count == features.rows, "\(features.rows) rows, \(labels.count) labels")
    precondition(
      weights.map { $0.count == features.rows } ?? true, "the weights do not match the rows")
    precondition(l2 > 0, "a penalty of \(l2) does not keep the coefficients finite")
    self.features = features
    self.labels = labels
    self.weights = weights
    self.l2 = l2
    self.pool = pool
    totalWeight = weights?.reduce(0, +) ?? Double(features.rows)
  }

  /// The objective at a point, with what the next step needs.
  struct State {
    var loss: Double
    var gradient: [Double]
    var probabilities: [Double]
    var largestGradient: Double { gradient.reduce(0) { max($0, abs($1)) } }
  }

  func state(at parameters: [Double]) -> State {
    let (coefficients, intercept) = (Array(parameters.dropLast()), parameters[features.columns])
    let logits = features.multiplied(by: coefficients).map { $0 + intercept }
    let probabilities = VectorMath.sigmoid(logits)
    var residuals = [Double](repeating: 0, count: features.rows)
    var loss = 0.0
    var residualSum = 0.0
    // Sums of sums, which keeps the rounding error far below that of one long sum.
    for block in 0..<blockCount {
      var blockLoss = 0.0
      var blockResidualSum = 0.0
      for row in rows(of: block) {
        let logit = logits[row]
        let weight = weights?[row] ?? 1
        // log(1 + exp(z)) - y z, without overflow or cancellation.
        blockLoss += weight * (max(logit, 0) - labels[row] * logit + log1p(exp(-abs(logit))))
        residuals[row] = weight * (probabilities[row] - labels[row])
        blockResidualSum += residuals[row]
      }
      loss += blockLoss
      residualSum += blockResidualSum
    }
    var gradient = features.transposeMultiplied(by: residuals)
    var squares = 0.0
    for (column, coefficient) in coefficients.enumerated() {
      gradient[column] += l2 * coefficient
      squares += coefficient * coefficient
    }
    gradient.append(residualSum)
    return State(loss: loss + l2 / 2 * squares, gradient: gradient, probabilities: probabilities)
  }

  /// Solves `hessian * direction = gradient`; nil where numbers have overflowed.
  func newtonDirection(at state: State) -> [Double]? {
    var hessian = hessian(state.probabilities)
    guard hessian.elements.allSatisfy(\.isFinite), state.gradient.allSatisfy(\.isFinite) else {
      return nil
    }
    let diagonal = (0..<hessian.rows).map { hessian[$0, $0] }
    // Collinear columns under a faint penalty: damp until the factor exists. The gradient, and so
    // the solution that is approached, stays the same.
    for damping in [0, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1] {
      for index in 0..<hessian.rows { hessian[index, index] = diagonal[index] * (1 + damping) }
      if let direction = try? hessian.solvingPositiveDefinite(state.gradient) { return direction }
    }
    return nil
  }

  /// Returns the first point along a direction, halving the step, at which the loss does not rise.
  func step(
    from parameters: [Double], _ state: State, along direction: [Double]
  ) -> (parameters: [Double], state: State)? {
    var length = 1.0
    // Rounding of the sum over the rows may raise a loss that is already at its minimum.
    let limit = state.loss + abs(state.loss) * 1e-12
    for _ in 0..<40 {
      let next = zip(parameters, direction).map { $0 - length * $1 }
      let nextState = self.state(at: next)
      if nextState.loss <= limit { return (next, nextState) }
      length /= 2
    }
    return nil
  }

  /// The second derivatives, in the upper triangle.
  ///
  /// Each of a fixed number of lanes adds up the blocks of rows that fall to it, and the lanes are
  /// added in order, so that the sums do not depend on the number of threads.
  private func hessian(_ probabilities: [Double]) -> Matrix<Double> {
    let order = features.columns + 1
    // A wide matrix is large, and there are two per lane.
    let lanes = min(order <= 256 ? 4 : 2, blockCount)
    var sums = [Matrix<Double>](repeating: Matrix(rows: order, columns: order), count: lanes)
    sums.withUnsafeMutableBufferPointer { buffer in
      // Each lane is written by the one call that has its index.
      nonisolated(unsafe) let lanesOf = buffer
      pool.forEach(count: lanes) { lane, _ in
        for block in stride(from: lane, to: blockCount, by: lanes) {
          let product = scaledBlock(block, probabilities).upperGramian()
          for index in product.elements.indices {
            lanesOf[lane].elements[index] += product.elements[index]
          }
        }
      }
    }
    var total = sums.removeFirst()
    for lane in sums {
      for index in total.elements.indices { total.elements[index] += lane.elements[index] }
    }
    for column in 0..<features.columns { total[column, column] += l2 }
    return total
  }

  private static let blockSize = 1024

  private var blockCount: Int { (features.rows + Self.blockSize - 1) / Self.blockSize }

  private func rows(of block: Int) -> Range<Int> {
    block * Self.blockSize..<min((block + 1) * Self.blockSize, features.rows)
  }

  /// Rows of the design matrix with a column of ones, scaled by the root of their curvature.
  private func scaledBlock(_ block: Int, _ probabilities: [Double]) -> Matrix<Double> {
    let rows = rows(of: block)
    let width = features.columns
    let elements = [Double](
      unsafeUninitializedCapacity: rows.count * (width + 1)
    ) { buffer, count in
      count = rows.count * (width + 1)
      var position = 0
      for row in rows {
        // The floor keeps saturated rows from making the matrix singular.
        let curvature = max(probabilities[row] * (1 - probabilities[row]), 1e-12)
        let root = (curvature * (weights?[row] ?? 1)).squareRoot()
        let start = row * width
        for column in 0..<width {
          buffer[position + column] = root * features.elements[start + column]
        }
        buffer[position + width] = root
        position += width + 1
      }
    }
    return Matrix(rows: rows.count, columns: width + 1, elements: elements)
  }
}
