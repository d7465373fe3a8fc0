// What growing a tree needs to know of the configuration.

/// The limits and penalties that decide how a tree grows.
struct GrowingParameters: Sendable {
  let numLeaves: Int
  let maxDepth: Int
  let minDataInLeaf: Int
  let minSumHessian: Double
  let lambdaL1: Double
  let lambdaL2: Double
  let minGain: Double
  let maxCatToOnehot: Int
  let maxCatThreshold: Int
  let catL2: Double
  let catSmooth: Double
  let minDataPerGroup: Int

  init(_ resolved: ResolvedBoostingConfiguration) {
    numLeaves = resolved.numLeaves
    maxDepth = resolved.maxDepth
    minDataInLeaf = resolved.minDataInLeaf
    minSumHessian = resolved.configuration.minSumHessianInLeaf
    lambdaL1 = resolved.configuration.lambdaL1
    lambdaL2 = resolved.lambdaL2
    minGain = resolved.configuration.minGainToSplit
    maxCatToOnehot = resolved.configuration.maxCatToOnehot
    maxCatThreshold = resolved.configuration.maxCatThreshold
    catL2 = resolved.configuration.catL2
    catSmooth = resolved.configuration.catSmooth
    minDataPerGroup = resolved.minDataPerGroup
  }
}
