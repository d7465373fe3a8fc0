// Defaults that adapt to the number of rows, and the ranges of all parameters.

internal import Texts

/// A configuration in which every value is known and in its range.
public struct ResolvedBoostingConfiguration: Sendable, Equatable {
  /// The configuration, with no nil left.
  public let configuration: BoostingConfiguration
  let numTrees: Int
  let learningRate: Double
  let numLeaves: Int
  /// `Int.max` where there is no limit.
  let maxDepth: Int
  let minDataInLeaf: Int
  let lambdaL2: Double
  let featureFraction: Double
  let baggingFraction: Double
  let minDataPerGroup: Int
  let earlyStoppingRounds: Int
  let validationFraction: Double
  let refit: Bool
}

extension BoostingConfiguration {
  /// Fills the values that adapt to the number of training rows.
  ///
  /// Few rows get small trees, slow learning and column sampling, because the loss of a small
  /// table is dominated by variance; many rows get larger trees and faster learning.
  ///
  /// - Throws: `GradientBoostingError.parameterOutOfRange`,
  ///   `GradientBoostingError.unusableDirection`.
  public func resolved(rows: Int) throws -> ResolvedBoostingConfiguration {
    var filled = self
    filled.learningRate = learningRate ?? (rows < 20_000 ? 0.03 : rows < 100_000 ? 0.05 : 0.1)
    filled.numTrees = numTrees ?? 2_000
    filled.numLeaves = numLeaves ?? (rows < 20_000 ? 15 : rows < 200_000 ? 31 : 63)
    filled.maxDepth = maxDepth ?? -1
    filled.minDataInLeaf = minDataInLeaf ?? 20
    filled.lambdaL2 = lambdaL2 ?? 1
    filled.featureFraction = featureFraction ?? (rows < 200_000 ? 0.5 : 0.8)
    filled.baggingFraction = baggingFraction ?? 1
    filled.minDataPerGroup = minDataPerGroup ?? 100
    filled.earlyStoppingRounds = earlyStoppingRounds ?? 50
    filled.validationFraction = validationFraction ?? (rows < 20_000 ? 0.2 : 0.1)
    filled.refit = refit ?? (rows < 200_000)
    return try filled.validated()
  }

  private func validated() throws -> ResolvedBoostingConfiguration {
    func check(_ holds: Bool, _ key: CodingKeys, _ found: some Any, _ expected: String) throws {
      guard holds else {
        throw GradientBoostingError.parameterOutOfRange(
          name: key.rawValue, found: "\(found)", expected: expected)
      }
    }
    func count(_ value: Int?, _ key: CodingKeys) throws -> Int {
      let value = value ?? 0
      try check(1...Int(Int32.max) ~= value, key, value, "1 to 2147483647")
      return value
    }
    func fraction(_ value: Double?, _ key: CodingKeys) throws -> Double {
      let value = value ?? .nan
      try check(value > 0 && value <= 1, key, value, "above 0 and at most 1")
      return value
    }
    func notNegative(_ value: Double, _ key: CodingKeys) throws {
      try check(value >= 0 && value.isFinite, key, value, "0 or more")
    }
    try notNegative(minSumHessianInLeaf, .minSumHessianInLeaf)
    // Beyond this no leaf has a value, and gains in single precision overflow.
    func penalty(_ value: Double, _ key: CodingKeys) throws {
      try check(0...1e9 ~= value, key, value, "0 to 1e9")
    }
    try penalty(lambdaL1, .lambdaL1)
    try penalty(lambdaL2 ?? .nan, .lambdaL2)
    try penalty(catL2, .catL2)
    try notNegative(minGainToSplit, .minGainToSplit)
    try notNegative(catSmooth, .catSmooth)
    try check(2...255 ~= maxBin, .maxBin, maxBin, "2 to 255")
    try check(2...254 ~= maxCatLevels, .maxCatLevels, maxCatLevels, "2 to 254")
    try check(maxCatToOnehot >= 1, .maxCatToOnehot, maxCatToOnehot, "at least 1")
    try check(maxCatThreshold >= 1, .maxCatThreshold, maxCatThreshold, "at least 1")
    for (column, direction) in monotoneConstraints.sorted(by: { $0.key < $1.key }) {
      guard -1...1 ~= direction else {
        throw GradientBoostingError.unusableDirection(column: column.string, found: direction)
      }
    }
    let numLeaves = numLeaves ?? 0
    try check(2...32_768 ~= numLeaves, .numLeaves, numLeaves, "2 to 32768")
    let maxDepth = maxDepth ?? -1
    try check(maxDepth == -1 || maxDepth >= 1, .maxDepth, maxDepth, "-1 (no limit) or at least 1")
    let rounds = earlyStoppingRounds ?? 0
    try check(rounds >= 0, .earlyStoppingRounds, rounds, "0 (never) or more")
    let share = validationFraction ?? .nan
    try check(share > 0 && share < 1, .validationFraction, share, "above 0 and below 1")
    return ResolvedBoostingConfiguration(
      configuration: self,
      numTrees: try count(numTrees, .numTrees),
      learningRate: try fraction(learningRate, .learningRate),
      numLeaves: numLeaves,
      maxDepth: maxDepth == -1 ? .max : maxDepth,
      minDataInLeaf: try count(minDataInLeaf, .minDataInLeaf),
      lambdaL2: lambdaL2 ?? 0,
      featureFraction: try fraction(featureFraction, .featureFraction),
      baggingFraction: try fraction(baggingFraction, .baggingFraction),
      minDataPerGroup: try count(minDataPerGroup, .minDataPerGroup),
      earlyStoppingRounds: rounds,
      validationFraction: share,
      refit: refit ?? true)
  }
}
