// Trainings on folds that share one binned matrix.
import NumericCore
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct FoldTests {
  /// Rows of a toy table dealt to folds.
  private func folds(rows: Int, count: Int) -> [[Int32]] {
    (0..<count).map { fold in (0..<Int32(rows)).filter { Int($0) % count == fold } }
  }

  /// A table whose folds share one matrix, or have their own because of a column of many categories.
  private func data(rows: Int, seed: UInt64, isShared: Bool) -> TrainingData {
    var data = ToyTable(rows: rows, seed: seed).data
    if isShared { data.features.removeAll { $0.name == "city" } }
    return data
  }

  /// The validation scores of each fold after some rounds.
  private func scores(
    _ data: TrainingData, folds: [[Int32]], configuration: BoostingConfiguration, rounds: Int,
    threads: Int
  ) throws -> [[Float]] {
    let pool = WorkerPool(threads: threads)
    let binned = try BoostingFolds(
      data, folds: folds, configuration: configuration, seed: 5, pool: pool)
    return try folds.indices.map { fold in
      let training = try FoldTraining<BinaryLogLoss>(
        binned, validatingOn: fold, configuration: configuration, seed: 3, pool: pool)
      for _ in 0..<rounds { #expect(training.advance()) }
      #expect(training.rounds == rounds)
      return training.withValidationScores { Array($0) }
    }
  }

  @Test(arguments: [1.0, 0.7], [true, false])
  func `scores do not depend on the number of threads`(bagging: Double, isShared: Bool) throws {
    let data = data(rows: 5_000, seed: 4, isShared: isShared)
    let configuration = configuration {
      $0.baggingFraction = bagging
      $0.featureFraction = 0.7
    }
    let parts = folds(rows: 5_000, count: 3)
    let one = try scores(
      data, folds: parts, configuration: configuration, rounds: 12, threads: 1)
    let four = try scores(
      data, folds: parts, configuration: configuration, rounds: 12, threads: 4)
    #expect(one == four)
  }

  @Test(arguments: [1.0, 0.7], [true, false])
  func `the labels of a fold have no say in its scores`(bagging: Double, isShared: Bool) throws {
    let data = data(rows: 900, seed: 4, isShared: isShared)
    let parts = folds(rows: 900, count: 3)
    var other = data
    for row in parts[1] { other.labels[Int(row)] = 1 - other.labels[Int(row)] }
    let configuration = configuration { $0.baggingFraction = bagging }
    let first = try scores(
      data, folds: parts, configuration: configuration, rounds: 5, threads: 1)
    let second = try scores(
      other, folds: parts, configuration: configuration, rounds: 5, threads: 1)
    #expect(first[1] == second[1])
    #expect(first[0] != second[0] && first[2] != second[2])
  }

  @Test(arguments: [1.0, 0.6], [true, false])
  func `a fold is scored as by a model of the other folds`(bagging: Double, isShared: Bool) throws {
    let data = data(rows: 1_200, seed: 6, isShared: isShared)
    let parts = folds(rows: 1_200, count: 4)
    let configuration = configuration { $0.baggingFraction = bagging }
    let pool = WorkerPool(threads: 1)
    let binned = try BoostingFolds(
      data, folds: parts, configuration: configuration, seed: 5, pool: pool)
    let training = try FoldTraining<BinaryLogLoss>(
      binned, validatingOn: 2, configuration: configuration, seed: 3, pool: pool)
    for _ in 0..<30 { _ = training.advance() }
    let loss = BinaryLogLoss()
    let ours = training.withValidationScores { scores in
      zip(scores, parts[2]).reduce(0) {
        $0 + loss.loss(score: Double($1.0), label: data.labels[Int($1.1)])
      } / Double(scores.count)
    }
    let rest = parts.enumerated().filter { $0.offset != 2 }.flatMap(\.element).sorted()
    let fitted = try GradientBoosting.fit(
      data, rows: rest,
      configuration: {
        var alone = configuration
        alone.numTrees = 30
        alone.earlyStoppingRounds = 0
        return alone
      }(), seed: 3, pool: pool)
    let scores = try fitted.model.rawScores(data.features, pool: pool)
    let theirs =
      parts[2].reduce(0) {
        $0 + loss.loss(score: scores[Int($1)], label: data.labels[Int($1)])
      } / Double(parts[2].count)
    // Other bins and other draws: equal but for chance.
    #expect(abs(ours - theirs) < 0.05 * theirs, "\(ours) against \(theirs)")
  }
}
