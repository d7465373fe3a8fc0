// Matrix factorisation by alternating least squares over all pairs of users and items:
//   sum over observed (1 - u.i)^2 + a sum over all (u.i)^2 + sum over rows r (n_r + a N_r)^v l |r|^2
// where n_r counts a row's interactions and N_r the rows of the other side. With one side fixed,
// each row of the other has a closed form, and the sum over all pairs needs one Gramian only.
// Hu, Koren, Volinsky, "Collaborative filtering for implicit feedback datasets", 2008,
// doi:10.1109/ICDM.2008.22; the regularisation follows Rendle et al., 2021, arXiv:2110.14037.

internal import Glibc
public import NumericCore

/// How the factors are found; nil stands for a value that a search on a part of the data finds.
public struct ImplicitALSConfiguration: Codable, Sendable, Equatable {
  /// The width of the vectors; at least 1.
  public var factors = 64
  /// The penalty on squared vectors; above 0.
  public var regularization: Double?
  /// The power of a row's weight in its penalty: 0 for the same penalty for all; 0 to 1.
  public var frequencyPower = 1.0
  /// The weight of all pairs against that of the observed ones; above 0.
  public var unobservedWeight: Double?
  /// How often each side is solved; at least 1.
  public var iterations = 15

  /// Creates the default configuration.
  public init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case factors, regularization
    case frequencyPower = "frequency_power"
    case unobservedWeight = "unobserved_weight"
    case iterations
  }

  /// The names of all parameters, as they are written in files and on the command line.
  public static var parameterNames: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// Returns this configuration if every value is in its range.
  ///
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func validated() throws -> ImplicitALSConfiguration {
    func check(_ key: CodingKeys, _ isRight: Bool, _ found: Any, _ expected: String) throws {
      guard !isRight else { return }
      throw RecommenderError.parameterOutOfRange(
        name: key.rawValue, found: "\(found)", expected: expected)
    }
    try check(.factors, factors >= 1, factors, "1 or more")
    for (key, value) in [
      (CodingKeys.regularization, regularization), (.unobservedWeight, unobservedWeight),
    ] {
      guard let value else { continue }
      try check(key, value > 0 && value.isFinite, value, "a number above 0")
    }
    try check(.frequencyPower, (0...1).contains(frequencyPower), frequencyPower, "0 to 1")
    try check(.iterations, iterations >= 1, iterations, "1 or more")
    return self
  }
}

/// What is minimised, for vectors of one width.
struct LeastSquaresObjective: Equatable {
  var factors: Int
  var regularization: Double
  var frequencyPower: Double
  var unobservedWeight: Double

  /// The penalty of a row with `count` interactions, where the other side has `others` rows.
  func penalty(count: Int, others: Int) -> Double {
    regularization * pow(Double(count) + unobservedWeight * Double(others), frequencyPower)
  }
}

/// The factors of an implicit alternating least squares model.
public struct ImplicitALS: Sendable, Equatable {
  /// One row for each user.
  public let users: Matrix<Float>
  /// One row for each item.
  public let items: Matrix<Float>

  /// Finds the factors; the result depends on data, configuration and seed, not on the pool.
  ///
  /// - Throws: `RecommenderError`.
  public static func fit(
    _ interactions: Interactions, configuration: ImplicitALSConfiguration = .init(), seed: UInt64,
    pool: WorkerPool
  ) throws -> ImplicitALS {
    let configuration = try configuration.validated()
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    let objective = try configuration.objective(for: interactions, seed: seed, pool: pool)
    return try fit(
      interactions, objective, iterations: configuration.iterations, seed: seed, pool: pool)
  }

  /// Finds the factors for an objective.
  static func fit(
    _ interactions: Interactions, _ objective: LeastSquaresObjective, iterations: Int, seed: UInt64,
    pool: WorkerPool
  ) throws -> ImplicitALS {
    let width = objective.factors
    let users = AlignedBuffer<Float>(count: interactions.users * width)
    let items = AlignedBuffer<Float>(count: interactions.items * width)
    var generator = SeededGenerator(seed: seed)
    let deviation = 0.1 / Double(width).squareRoot()
    for place in 0..<items.count { items.base[place] = Float(deviation * generator.normal()) }
    let userBlock = MatrixBlock(users.base, rows: interactions.users, columns: width)
    let itemBlock = MatrixBlock(items.base, rows: interactions.items, columns: width)
    // Systems of groups leave out items that nobody took, which have no optimum but zeros.
    if WideLeastSquares.pays(for: interactions.byUser, width: width) {
      for item in 0..<interactions.items where interactions.byItem[item].isEmpty {
        (items.base + item * width).update(repeating: 0, count: width)
      }
    }
    let single = LeastSquaresSolver(objective, pool: pool)
    let grouped = WideLeastSquares(objective, pool: pool)
    func solve(_ solved: MatrixBlock, from other: MatrixBlock, _ taken: SparseRows) throws {
      if WideLeastSquares.pays(for: taken, width: width) {
        try grouped.solve(solved, from: other, taken)
      } else {
        try single.solve(solved, from: other, taken)
      }
    }
    for _ in 0..<iterations {
      try solve(userBlock, from: itemBlock, interactions.byUser)
      try solve(itemBlock, from: userBlock, interactions.byItem)
    }
    return ImplicitALS(
      users: Matrix(
        rows: interactions.users, columns: width, elements: Array(users.elements)),
      items: Matrix(
        rows: interactions.items, columns: width, elements: Array(items.elements)))
  }

  /// Returns the `k` best items of every user, without those in `excluding`.
  ///
  /// - Throws: `RecommenderError`.
  public func recommend(k: Int, excluding: SparseRows?, pool: WorkerPool) throws -> RankedItems {
    try ExactIndex(items).search(users, k: k, excluding: excluding, pool: pool)
  }
}
