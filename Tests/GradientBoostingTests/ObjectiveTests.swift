// The objectives of numbers: derivatives against finite differences, constants and leaves against
// slow twins.
import Glibc
import ModelFormats
import NumericCore
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct ObjectiveTests {
  let pool = WorkerPool(threads: 2)

  private func derivatives(
    _ objective: some Objective, score: Double, label: Double
  ) -> (gradient: Double, hessian: Double) {
    var (gradients, hessians) = ([Float(0)], [Float(0)])
    gradients.withUnsafeMutableBufferPointer { gradients in
      hessians.withUnsafeMutableBufferPointer { hessians in
        [Float(score)].withUnsafeBufferPointer { scores in
          [Float(label)].withUnsafeBufferPointer { labels in
            objective.derivatives(
              scores: scores, labels: labels, gradients: gradients, hessians: hessians)
          }
        }
      }
    }
    return (Double(gradients[0]), Double(hessians[0]))
  }

  private func checkGradients(_ objective: some Objective) {
    let step = 1e-5
    for score in [-2.5, -0.5, 0.25, 1, 3.5] {
      for label in [0.0, 2, 7] {
        let slope =
          (objective.loss(score: score + step, label: label)
            - objective.loss(score: score - step, label: label)) / (2 * step)
        let found = derivatives(objective, score: score, label: label).gradient
        #expect(abs(found - slope) < 1e-3 * max(1, abs(slope)), "\(objective) \(score) \(label)")
      }
    }
  }

  @Test func `gradients are the slopes of the losses`() {
    checkGradients(SquaredError())
    checkGradients(AbsoluteError())
    checkGradients(PoissonLoss())
  }

  @Test func `the second derivative of poisson is that of a score one step ahead`() {
    for score in [-3.0, 0, 2] {
      let found = derivatives(PoissonLoss(), score: score, label: 1).hessian
      #expect(abs(found - exp(score + 0.7)) < 1e-5 * exp(score + 0.7))
    }
    let far = derivatives(PoissonLoss(), score: 500, label: 1)
    #expect(far.gradient.isFinite && far.hessian.isFinite)
  }

  @Test func `constants are the mean, the median and the logarithm of the mean`() {
    let labels: [Float] = [1, 2, 9, 4]
    #expect(SquaredError().initialScore(labels: labels, weights: nil) == 4)
    #expect(AbsoluteError().initialScore(labels: labels, weights: nil) == 3)
    #expect(AbsoluteError().initialScore(labels: [5, 1, 2], weights: nil) == 2)
    #expect(AbsoluteError().initialScore(labels: labels, weights: [0, 1, 5, 1]) == 9)
    #expect(abs(PoissonLoss().initialScore(labels: labels, weights: nil) - log(4.0)) < 1e-12)
    #expect(PoissonLoss().initialScore(labels: [0, 0], weights: nil).isFinite)
  }

  /// The raw scores of one tree of full steps, beside the rows with the same score.
  private func leaves(
    _ objective: some Objective, labels: [Double], bagging: Double = 1
  ) throws -> [(score: Double, labels: [Double])] {
    var generator = SeededGenerator(seed: 5)
    let columns = [
      Column(
        name: "x",
        values: .number(
          NumberColumn(
            labels.indices.map { Double($0 % 40) + Double.random(in: 0...0.5, using: &generator) }))
      )
    ]
    let model = try GradientBoosting.fit(
      TrainingData(features: columns, labels: labels), objective: objective,
      configuration: configuration {
        $0.numTrees = 1
        $0.learningRate = 1
        $0.lambdaL2 = 0
        $0.baggingFraction = bagging
        $0.featureFraction = 1
        $0.minDataInLeaf = 5
        $0.earlyStoppingRounds = 0
      }, seed: 1, pool: pool
    ).model
    let scores = try model.rawScores(columns, pool: pool)
    let groups = Dictionary(grouping: labels.indices) { scores[$0] }
    #expect(groups.count > 3)
    return groups.map { score, rows in (score, rows.map { labels[$0] }) }
  }

  private func targets() -> [Double] {
    var generator = SeededGenerator(seed: 9)
    return (0..<600).map { row in
      Double(Int.random(in: 0...8, using: &generator)) + (row % 40 < 13 ? 0 : Double(row % 40))
    }
  }

  @Test func `a leaf of the absolute error is the median of its rows`() throws {
    for (score, labels) in try leaves(AbsoluteError(), labels: targets()) {
      let sorted = labels.sorted()
      let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
      #expect(abs(score - median) < 1e-6, "\(labels)")
    }
  }

  @Test func `a leaf of poisson is one step of Newton, at most the longest one`() throws {
    let targets = targets()
    let mean = targets.reduce(0, +) / Double(targets.count)
    for (score, labels) in try leaves(PoissonLoss(), labels: targets) {
      let gradient = labels.reduce(0) { $0 + mean - $1 }
      let step = -gradient / (Double(labels.count) * mean * exp(0.7))
      #expect(abs(score - log(mean) - min(max(step, -0.7), 0.7)) < 1e-4, "\(labels)")
    }
    var spiked = [Double](repeating: 0, count: 600)
    for row in spiked.indices where row % 40 == 7 { spiked[row] = 1_000 }
    let highest = try leaves(
      PoissonLoss(), labels: spiked.enumerated().map { $1 + Double($0 % 40) }
    )
    .map(\.score).max()
    #expect(try #require(highest) > 0)
  }

  @Test func `the model of every objective keeps its objective and does not depend on threads`()
    throws
  {
    let labels = targets()
    let columns = [
      Column(name: "x", values: .number(NumberColumn(labels.indices.map { Double($0 % 40) })))
    ]
    func check(_ objective: some Objective) throws {
      let models = try [1, 2, 4].map { threads in
        try GradientBoosting.fit(
          TrainingData(features: columns, labels: labels), objective: objective,
          configuration: configuration { $0.baggingFraction = 0.7 }, seed: 3,
          pool: WorkerPool(threads: threads)
        ).model
      }
      let files = try models.map { try $0.safetensors() }
      #expect(files[0].encoded() == files[1].encoded())
      #expect(files[0].encoded() == files[2].encoded())
      let read = try BoostedTrees(files[0])
      #expect(type(of: read.objective).name == type(of: objective).name)
      let error = zip(try read.predict(columns, pool: pool), labels).reduce(0) {
        $0 + abs($1.0 - $1.1)
      }
      #expect(error / Double(labels.count) < 4, "\(objective)")
    }
    try check(SquaredError())
    try check(AbsoluteError())
    try check(PoissonLoss())
  }

  @Test func `poisson refuses a label below 0`() throws {
    let column = Column(name: "x", values: .number(NumberColumn([1, 2, 3])))
    #expect(throws: GradientBoostingError.unusableLabel(row: 1, found: -1)) {
      _ = try GradientBoosting.fit(
        TrainingData(features: [column], labels: [0, -1, 2]), objective: PoissonLoss(),
        configuration: configuration(), seed: 1, pool: pool)
    }
  }
}
