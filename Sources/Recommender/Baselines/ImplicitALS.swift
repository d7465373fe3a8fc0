// Matrix factorisation by alternating least squares over all pairs of users and items:
//   sum over observed (1 - u.i)^2 + a sum over all (u.i)^2 + sum over rows r (n_r + a N_r)^v l |r|^2
// where n_r counts a row's interactions and N_r the rows of the other side. With one side fixed,
// each row of the other has a closed form, and the sum over all pairs needs one Gramian only.
// Hu, Koren, Volinsky, "Collaborative filtering for implicit feedback datasets", 2008,
// doi:10.1109/ICDM.2008.22; the regularisation follows Rendle et al., 2021, arXiv:2110.14037.

internal import CKernels
public import NumericCore

/// How the factors are found.
public struct ImplicitALSConfiguration: Codable, Sendable, Equatable {
  /// The width of the vectors; at least 1.
  public var factors = 64
  /// The penalty on squared vectors; above 0.
  public var regularization = 0.01
  /// The power of a row's weight in its penalty: 0 for the same penalty for all; 0 to 1.
  public var frequencyPower = 1.0
  /// The weight of all pairs against that of the observed ones; above 0.
  public var unobservedWeight = 0.1
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
    try check(
      .regularization, regularization > 0 && regularization.isFinite, regularization,
      "a number above 0")
    try check(.frequencyPower, (0...1).contains(frequencyPower), frequencyPower, "0 to 1")
    try check(
      .unobservedWeight, unobservedWeight > 0 && unobservedWeight.isFinite, unobservedWeight,
      "a number above 0")
    try check(.iterations, iterations >= 1, iterations, "1 or more")
    return self
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
    let width = configuration.factors
    let users = AlignedBuffer<Float>(count: interactions.users * width)
    let items = AlignedBuffer<Float>(count: interactions.items * width)
    var generator = SeededGenerator(seed: seed)
    let deviation = 0.1 / Double(width).squareRoot()
    for place in 0..<items.count { items.base[place] = Float(deviation * generator.normal()) }
    let userBlock = MatrixBlock(users.base, rows: interactions.users, columns: width)
    let itemBlock = MatrixBlock(items.base, rows: interactions.items, columns: width)
    if width > WideLeastSquares.narrowWidth {
      // Its systems leave out items that nobody took, which have no optimum but zeros.
      for item in 0..<interactions.items where interactions.byItem[item].isEmpty {
        (items.base + item * width).update(repeating: 0, count: width)
      }
      let solver = WideLeastSquares(configuration, pool: pool)
      for _ in 0..<configuration.iterations {
        try solver.solve(userBlock, from: itemBlock, interactions.byUser)
        try solver.solve(itemBlock, from: userBlock, interactions.byItem)
      }
    } else {
      let solver = LeastSquaresSolver(configuration, pool: pool)
      for _ in 0..<configuration.iterations {
        try solver.solve(userBlock, from: itemBlock, interactions.byUser)
        try solver.solve(itemBlock, from: userBlock, interactions.byItem)
      }
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
