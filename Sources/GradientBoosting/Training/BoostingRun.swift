// One training: bins, then tree after tree, with early stopping where there are validation rows.

internal import CKernels
internal import NumericCore
internal import Tables

/// Trains boosters on parts of one data set, whose weights have the mean 1.
struct BoostingRun<Loss: Objective> {
  let data: TrainingData
  let objective: Loss
  let resolved: ResolvedBoostingConfiguration
  let random: CounterRandom
  let pool: WorkerPool

  /// Nodes number features in 16 bits.
  private static var mostFeatures: Int { 1 << 16 }

  /// Trains on some rows and, if there are validation rows, cuts the model at its best round.
  func fit(
    training: [Int32], validation: [Int32], rounds: Int, _ onRound: ((RoundReport) -> Bool)?
  ) throws -> FittedBoosting {
    let clock = ContinuousClock()
    let started = clock.now
    let labels = data.labels.map { Float($0) }
    let binner = FeatureBinner(
      columns: data.features, labels: labels, weights: data.weights, trainingRows: training,
      validationRows: validation, configuration: resolved.configuration, random: random.split(1),
      pool: pool)
    let dataset = binner.dataset()
    guard !dataset.features.isEmpty else { throw GradientBoostingError.noUsableFeature }
    guard dataset.features.count <= Self.mostFeatures else {
      throw GradientBoostingError.tooManyFeatures(
        found: dataset.features.count, most: Self.mostFeatures)
    }
    let binned = clock.now

    let grower = TreeGrower(
      matrix: dataset.matrix, features: dataset.features, capacity: training.count,
      parameters: GrowingParameters(resolved), pool: pool)
    let trainingLabels = training.map { labels[Int($0)] }
    let weights = data.weights.map { weights in training.map { Float(weights[Int($0)]) } }
    let initialScore = objective.initialScore(labels: trainingLabels, weights: weights)
    let pass = GradientPass(
      objective: objective, labels: trainingLabels, weights: weights, initialScore: initialScore,
      pool: pool)
    var stopping = EarlyStopping(
      validation: ValidationScores(
        objective: objective, dataset: dataset, data: data, rows: validation,
        initialScore: initialScore, pool: pool),
      patience: resolved.earlyStoppingRounds)
    var trees: [Tree] = []
    for round in 0..<rounds {
      let tree = grow(round: round, grower: grower, pass: pass, lastTree: trees.last)
      // Not even with all rows and features is there a split that helps.
      guard tree.leafCount > 1 else { break }
      trees.append(tree)
      let shouldStop = stopping.observe(tree)
      let report = RoundReport(
        round: trees.count, maximumRounds: rounds, validationLoss: stopping.losses.last,
        bestRound: stopping.bestRound(of: trees.count))
      if let onRound, !onRound(report) { throw GradientBoostingError.cancelled }
      if shouldStop { break }
    }
    let bestIteration = stopping.bestRound(of: trees.count)
    let model = model(
      features: dataset.features, initialScore: initialScore,
      trees: Array(trees.prefix(bestIteration)))
    return FittedBoosting(
      model: model, validationLosses: stopping.losses, bestIteration: bestIteration,
      binningSeconds: started.duration(to: binned).seconds,
      boostingSeconds: binned.duration(to: clock.now).seconds)
  }

  /// The model of some trees; its inputs are the columns that became features.
  private func model(
    features: [BinnedFeature], initialScore: Double, trees: [Tree]
  ) -> BoostedTrees {
    let used = Set(features.map(\.input)).sorted()
    let position = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    return BoostedTrees(
      inputs: used.map {
        BoostedTrees.Input(name: data.features[$0].name, kind: data.features[$0].kind)
      },
      features: features.map {
        BinnedFeature(name: $0.name, input: position[$0.input] ?? 0, encoding: $0.encoding)
      },
      objective: objective, initialScore: initialScore, trees: trees)
  }

  private func grow(
    round: Int, grower: TreeGrower, pass: GradientPass<Loss>, lastTree: Tree?
  ) -> Tree {
    let random = random.split(2).split(UInt64(round))
    let bag =
      resolved.baggingFraction < 1
      ? RowSample(random: random.split(1), fraction: resolved.baggingFraction) : nil
    let subset = featureSubset(grower.shapes.count, random: random.split(2))
    let key = UInt32(truncatingIfNeeded: random.bits(at: 0))
    pass.addToScores(lastTree?.values)
    let tree = grow(grower: grower, pass: pass, bag: bag, featureSubset: subset, key: key)
    // A sample may lack what there is to split on.
    guard tree.leafCount == 1, bag != nil || subset != nil else { return tree }
    return grow(grower: grower, pass: pass, bag: nil, featureSubset: nil, key: key)
  }

  private func grow(
    grower: TreeGrower, pass: GradientPass<Loss>, bag: RowSample?, featureSubset: [Int]?,
    key: UInt32
  ) -> Tree {
    let (count, sums, scale) = pass.fill(grower.entries.base(0), bag: bag, key: key)
    let grown = grower.grow(
      count: count, sums: sums, scale: scale, featureSubset: featureSubset)
    var tree = Tree(grown, learningRate: resolved.learningRate)
    if bag != nil {
      findLeavesOfAllRows(tree, matrix: grower.matrix, leafOf: pass.leafOf)
    } else {
      grown.assignLeaves(pass.leafOf.base, entries: grower.entries, pool: pool)
    }
    if pass.isClipped {
      tree.setLeafValues(pass.leafSums(nodeCount: tree.nodes.count, bag: bag)) { sums in
        resolved.learningRate * grown.finder.leafValue(gradients: sums.x, hessians: sums.y)
      }
    }
    return tree
  }

  /// The leaves of all training rows, for trees that were grown on a part of them.
  private func findLeavesOfAllRows(
    _ tree: Tree, matrix: BinnedMatrix, leafOf: AlignedBuffer<UInt16>
  ) {
    pool.forEachRange(count: leafOf.count, grain: 4_096) { rows, _ in
      tree.findLeaves(
        bins: matrix.rowMajor.base + rows.lowerBound * matrix.stride, stride: matrix.stride,
        into: UnsafeMutableBufferPointer(rebasing: leafOf.elements[rows]))
    }
  }

  /// The features that a tree may split on, or nil if it may use all.
  private func featureSubset(_ count: Int, random: CounterRandom) -> [Int]? {
    let kept = max(1, Int((Double(count) * resolved.featureFraction).rounded()))
    guard kept < count else { return nil }
    var generator = SeededGenerator(random)
    return Array(0..<count).shuffled(using: &generator).prefix(kept).sorted()
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
