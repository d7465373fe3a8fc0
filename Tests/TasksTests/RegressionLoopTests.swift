// The steps of a loop over regression models: what files are, what is learnt, what the gate finds, and
// each of its rules by itself.
import Evaluation
import Foundation
import GradientBoosting
import LoopContract
import NumericCore
import Storage
import Tables
import TestSupport
import Testing
import Texts

@testable import Tasks

@Suite(.onOwnThread) struct RegressionLoopTests {
  let folder: TemporaryFolder
  private let pool = WorkerPool(threads: 4)

  init() throws { folder = try TemporaryFolder() }

  private func loop(
    threads: Int = 4, _ change: (inout RegressionLoopConfiguration) -> Void = { _ in }
  ) -> RegressionLoop {
    var configuration = RegressionLoopConfiguration()
    configuration.training.data.target = "value"
    configuration.training.data.id = ["id"]
    configuration.training.boosting.numTrees = 80
    configuration.training.boosting.learningRate = 0.1
    change(&configuration)
    return RegressionLoop(configuration, context: RunContext(pool: WorkerPool(threads: threads)))
  }

  // MARK: - Tables

  private struct Row {
    var id: Int
    var tenure: Int
    var plan: String
    var value: Int
  }

  /// Customers whose value follows from two columns, but for noise.
  private func rows(_ range: Range<Int>) -> [Row] {
    range.map { id in
      var random = SeededGenerator(seed: 5, stream: UInt64(id))
      let tenure = Int.random(in: 0..<60, using: &random)
      let plan = id % 3
      let noise = Int.random(in: 0..<30, using: &random)
      return Row(
        id: id, tenure: tenure, plan: ["a", "b", "c"][plan],
        value: 10 + 3 * tenure + 25 * plan + noise)
    }
  }

  /// The same rows with their values dealt out anew.
  private func shuffled(_ rows: [Row], seed: UInt64) -> [Row] {
    var random = SeededGenerator(seed: seed)
    return zip(rows, rows.map(\.value).shuffled(using: &random)).map { row, value in
      var row = row
      row.value = value
      return row
    }
  }

  private func file(_ name: String, _ text: String) throws -> StepFile {
    try folder.write(Array(text.utf8), to: name)
    return StepFile(
      path: folder.appending(name), name: name,
      sha256: Fingerprint(of: Array(text.utf8)).sha256)
  }

  private func file(_ name: String, _ rows: [Row], labelled: Bool = true) throws -> StepFile {
    let lines = rows.map {
      "C\($0.id),\($0.tenure),\($0.plan)" + (labelled ? ",\($0.value)\n" : "\n")
    }
    return try file(name, "id,tenure,plan" + (labelled ? ",value\n" : "\n") + lines.joined())
  }

  /// Trains a candidate of a name, with a work folder beside it.
  private func train(
    _ loop: RegressionLoop, _ files: [StepFile], as name: String, champion: String? = nil
  ) throws -> TrainedCandidate {
    for path in [name, "\(name)-work"].map(folder.appending) {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    return try loop.train(
      TrainingRequest(
        files: files, candidate: folder.appending(name), work: folder.appending("\(name)-work"),
        champion: champion.map(folder.appending), unfinished: folder.appending("study")))
  }

  private func judge(
    _ loop: RegressionLoop, _ name: String, champion: String? = nil
  ) throws -> Verdict {
    try loop.judge(
      folder.appending(name), work: folder.appending("\(name)-work"),
      champion: champion.map(folder.appending), comparisons: 0)
  }

  // MARK: - Steps

  @Test func `a table with numbers in the target is labelled, one without is not`() throws {
    let loop = loop()
    for (text, role) in [
      ("id,x,value\nC1,1,5\nC2,2,7.5\n", Examination.Role.labelled),
      ("id,x\nC1,1\n", .unlabelled), ("id,x,value\nC1,1,\nC2,2,\n", .unlabelled),
    ] {
      let found = try loop.examine([file("a.csv", text)], champion: nil, first: nil)[0]
      #expect(found.role == role && found.problems.isEmpty, "\(text) \(found)")
    }
    for (text, reason) in [
      ("id,x,value\nC1,1,5\nC2,2,many\n", "many"), ("id,x,value\nC1,1,5\nC2,2,\n", "missing"),
      ("id,x,value\nC1,1,5\nC2,2,1e15\n", "a size below 1e12"), ("x,value\n1,5\n", "'id'"),
    ] {
      let found = try loop.examine([file("b.csv", text)], champion: nil, first: nil)[0]
      #expect(found.role == .refused && found.problems.count == 1, "\(text) \(found)")
      #expect(found.problems.first?.message.contains(reason) == true, "\(found.problems)")
    }
    let counts = self.loop { $0.training.loss = .poisson }
    let found = try counts.examine(
      [file("c.csv", "id,x,value\nC1,1,-5\n")], champion: nil, first: nil)[0]
    #expect(found.problems.first?.message.contains("at least 0") == true, "\(found)")
  }

  @Test(arguments: RegressionConfiguration.Loss.allCases)
  func `a first model that has learnt something passes, and predicts`(
    loss: RegressionConfiguration.Loss
  ) throws {
    let loop = loop { $0.training.loss = loss }
    let trained = try train(loop, [file("a.csv", rows(0..<1_200))], as: "first")
    #expect(trained.version.count == 12 && !trained.continuesChampion)
    #expect(Set(trained.metrics.keys).isSuperset(of: ["rmse", "mae", "r2"]))
    if loss == .poisson { #expect(trained.metrics["mean_poisson_deviance"] != nil) }
    let verdict = try judge(loop, "first")
    #expect(verdict.passes, "\(verdict.objections)")
    let reached = try RegressionLoop.Reference(folder: folder.appending("first")).reached
    #expect(reached.measure == RegressionMeasure(of: loss))
    #expect(reached.lossInterval[0] < reached.loss && reached.loss < reached.lossInterval[1])
    let known = ["rmse": trained.metrics["rmse"], "mae": trained.metrics["mae"]]
    if let metric = known[reached.measure.rawValue] {
      #expect(abs(reached.loss - (try #require(metric))) < 1e-6)
    }
    let output = folder.appending("p.csv")
    let predicted = try loop.predict(
      file("u.csv", rows(2_000..<2_050), labelled: false), model: folder.appending("first"),
      output: output)
    #expect(predicted.rows == 50 && predicted.problem == nil)
    let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 51 && lines[0] == "id,prediction,model_version")
    let bad = try loop.predict(
      file("bad.csv", "id,plan\nC1,a\n"), model: folder.appending("first"), output: output)
    #expect(bad.problem?.contains("'tenure'") == true, "\(bad)")
  }

  @Test func `shuffled targets make no first champion`() throws {
    let loop = loop()
    for seed in UInt64(1)...6 {
      _ = try train(
        loop, [file("p.csv", shuffled(rows(0..<800), seed: seed))], as: "shuffled\(seed)")
      #expect(try !judge(loop, "shuffled\(seed)").passes, "seed \(seed)")
    }
  }

  @Test func `files are held against what the champion knows`() throws {
    let loop = loop()
    _ = try train(loop, [file("a.csv", rows(0..<1_200))], as: "champion")
    func found(_ rows: [Row], by loop: RegressionLoop) throws -> Examination {
      try loop.examine(
        [file("b.csv", rows)], champion: folder.appending("champion"), first: nil)[0]
    }
    let newer = rows(5_000..<5_300)
    let good = try found(newer, by: loop)
    #expect(good.role == .labelled && good.problems.isEmpty, "\(good)")
    #expect(Set(good.drift.keys) == ["tenure", "plan"])
    let poison = try found(shuffled(newer, seed: 3), by: loop)
    #expect(poison.role == .refused && poison.problems.map(\.code) == ["labels"], "\(poison)")
    let cents = newer.map { row in
      var row = row
      row.value *= 100
      return row
    }
    #expect(try found(cents, by: loop).problems.map(\.code) == ["labels"])
    let vouched = self.loop { $0.checks.labels = 1 }
    #expect(try found(cents, by: vouched).role == .labelled)
    // Too few rows say nothing about labels.
    #expect(try found(Array(shuffled(newer, seed: 3).prefix(60)), by: loop).role == .labelled)
    let strange = newer.map { row in
      var row = row
      row.tenure += 1_000
      return row
    }
    #expect(try found(strange, by: loop).problems.map(\.code).contains("out_of_range"))
  }

  @Test func `neither threads nor the order of files change a byte`() throws {
    let first = try file("a.csv", rows(0..<400))
    let second = try file("b.csv", rows(400..<700))
    _ = try train(loop(threads: 1), [first, second], as: "one")
    _ = try train(loop(threads: 3), [second, first], as: "other")
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(filePath: folder.appending(name)))
    }
    #expect(
      try bytes("one/run/model/regression.safetensors")
        == bytes("other/run/model/regression.safetensors"))
    #expect(try bytes("one-work/train.parquet") == bytes("other-work/train.parquet"))
  }

  @Test func `what is judged on, no model has learnt, and the newest rows come last`() throws {
    let loop = loop()
    let first = try file("a.csv", rows(0..<600))
    _ = try train(loop, [first], as: "champion")
    _ = try train(
      loop, [first, file("b.csv", rows(600..<1_000))], as: "next", champion: "champion")
    func ids(_ table: String) throws -> [String] {
      let column = try Table.read(
        from: folder.appending(table), options: ReadOptions(kinds: ["id": .text])
      ).table["id"]
      let cells = LabelText(try #require(column))
      return (0..<cells.count).compactMap { cells[$0] }
    }
    let learnt = try Set(ids("champion-work/train.parquet") + ids("next-work/train.parquet"))
    let judged = try ids("next-work/holdout.parquet")
    #expect(learnt.isDisjoint(with: judged) && Set(judged).count == judged.count)
    #expect(learnt.count + judged.count == 1_000)
    let note = try HoldoutNote(work: folder.appending("next-work"), rows: judged.count)
    let newer = Set((600..<1_000).map { "C\($0)" })
    #expect(note.newRows > 40)
    #expect(judged.suffix(note.newRows).allSatisfy(newer.contains))
    #expect(!judged.dropLast(note.newRows).contains(where: newer.contains))
    let verdict = try judge(loop, "next", champion: "champion")
    #expect(
      Set(verdict.metrics.keys) == [
        "holdout_rows", "rmse_difference", "rmse_difference_lower", "rmse_difference_upper",
        "champion_rmse",
      ])
    let gate = try String(contentsOfFile: folder.appending("next/gate.json"), encoding: .utf8)
    for key in ["\"champion_beside_prior\"", "\"measure\" : \"rmse\"", "\"mean_poisson_deviance\""]
    {
      #expect(gate.contains(key), "\(key)")
    }
    #expect(!gate.contains("\"positives\""))
  }

  @Test func `a search keeps its study beside the run folder`() throws {
    let loop = loop {
      $0.trials = 4
      $0.training.boosting.numTrees = 30
      $0.training.loss = .absolute
    }
    _ = try train(loop, [file("a.csv", rows(0..<600))], as: "first")
    #expect(FileManager.default.fileExists(atPath: folder.appending("first/study.sqlite")))
    let study = try StudyFile(folder: folder.appending("first/run"), task: "regression")
    #expect(study.trials.count == 4)
    let verdict = try judge(loop, "first")
    #expect(verdict.passes, "\(verdict.objections)")
  }

  // MARK: - Rules

  /// A champion, and what it predicts for the rows that it was judged on.
  private struct Known {
    var model: RegressionModel
    var reached: RegressionLoop.Reached
    var results: RunResults<RegressionTask>
    var table: Table
    var rows: PredictedNumbers
    var mean: Double

    /// The predictions nearer to their mean.
    var timid: [Double] { rows.predictions.map { mean + 0.7 * ($0 - mean) } }
  }

  private func known() throws -> Known {
    let loop = loop()
    _ = try train(loop, [file("k.csv", rows(0..<2_000))], as: "known")
    let model = try RegressionModel(folder: folder.appending("known/run"))
    let (rows, table) = try loop.scored(folder.appending("known-work/holdout.parquet"), by: model)
    return Known(
      model: model,
      reached: try RegressionLoop.Reference(folder: folder.appending("known")).reached,
      results: try RunResults(folder: folder.appending("known/run")), table: table, rows: rows,
      mean: rows.predictions.reduce(0, +) / Double(rows.count))
  }

  /// What comes of two models whose predictions are made of one's.
  private func compared(
    _ known: Known, champion: [Double], challenger: [Double], targets: [Double]? = nil,
    newRows: Range<Int>? = nil, _ change: (inout RegressionLoopConfiguration) -> Void = { _ in }
  ) throws -> RegressionLoop.Document {
    let loop = loop(change)
    func sided(_ predictions: [Double]) throws -> PredictedNumbers {
      try PredictedNumbers(
        targets: targets ?? known.rows.targets, predictions: predictions, groups: nil)
    }
    let challenger = try sided(challenger)
    var document = RegressionLoop.Document(
      challenger: "b", champion: "a", rows: challenger.count, comparisons: 0,
      metrics: try loop.metrics(of: challenger))
    try loop.compare(
      GateSides(
        champion: try sided(champion), challenger: challenger, table: known.table,
        newRows: newRows ?? 0..<challenger.count, earlier: known.reached),
      layout: known.model.layout, known.results, &document)
    return document
  }

  private func objections(_ document: RegressionLoop.Document) -> [String] {
    document.checks.filter(\.objects).map(\.id)
  }

  @Test func `equal predictions are as good`() throws {
    let known = try known()
    let p = known.rows.predictions
    let document = try compared(known, champion: p, challenger: p)
    #expect(objections(document) == [], "\(document.checks)")
    #expect(document.isBetter == false && document.championHasFallen == false)
  }

  @Test func `a surely larger loss is rejected`() throws {
    let known = try known()
    let document = try compared(
      known, champion: known.rows.predictions, challenger: known.timid)
    #expect(objections(document).contains("loss_difference_upper"), "\(document.checks)")
    let check = try #require(document.checks.first { $0.id == "loss_difference_upper" })
    #expect(check.name == "upper end of the relative RMSE difference" && check.bound == 0.02)
    // The bound is a share of the champion's loss.
    let lenient = try compared(
      known, champion: known.rows.predictions, challenger: known.rows.predictions.map { $0 + 1 }
    ) { $0.gate.margin = 1 }
    #expect(!objections(lenient).contains("loss_difference_upper"))
  }

  @Test func `a surely smaller loss is better, however far the predictions have moved`() throws {
    let known = try known()
    let document = try compared(
      known, champion: known.timid, challenger: known.rows.predictions)
    #expect(document.isBetter == true && document.championHasFallen == false)
    let stability = try #require(document.checks.first { $0.id == "score_stability" })
    #expect(!stability.counts)
    #expect(objections(document) == [], "\(document.checks)")
  }

  @Test func `a champion that knows nothing of the new rows is replaced`() throws {
    let known = try known()
    let p = known.rows.predictions
    var random = SeededGenerator(seed: 3)
    let lost = p.shuffled(using: &random)
    let document = try compared(known, champion: lost, challenger: p)
    #expect(document.championHasFallen == true)
    #expect(objections(document) == [], "\(document.checks)")
    // What is as bad does not take its place.
    let other = try compared(known, champion: lost, challenger: p.shuffled(using: &random))
    #expect(objections(other).contains("new_constant_difference_upper"), "\(other.checks)")
  }

  @Test func `a challenger that has learnt how the world has changed takes the place`() throws {
    let known = try known()
    let p = known.rows.predictions
    let document = try compared(
      known, champion: p, challenger: p.map { 2 * known.mean - $0 },
      targets: known.rows.targets.map { 2 * known.mean - $0 })
    #expect(document.championHasFallen == true)
    #expect(objections(document) == [], "\(document.checks)")
  }

  @Test func `labels that cost both models their accuracy are noise`() throws {
    let known = try known()
    let p = known.rows.predictions
    var random = SeededGenerator(seed: 5)
    var targets = known.rows.targets
    let places = targets.indices.filter { _ in random.uniform() < 0.5 }
    for (place, target) in zip(places, places.map { targets[$0] }.shuffled(using: &random)) {
      targets[place] = target
    }
    let document = try compared(known, champion: p, challenger: known.timid, targets: targets)
    #expect(objections(document).contains("label_cost"), "\(document.checks)")
    let vouched = try compared(known, champion: p, challenger: known.timid, targets: targets) {
      $0.checks.labels = 1
    }
    #expect(!objections(vouched).contains("label_cost"))
    // The rows that the champion was judged on say nothing about new labels.
    let old = try compared(
      known, champion: p, challenger: known.timid, targets: targets, newRows: 0..<0)
    #expect(old.newRows == nil && !old.checks.contains { $0.id == "label_cost" })
  }

  @Test func `a group of rows must not get surely worse`() throws {
    let known = try known()
    let p = known.rows.predictions
    guard case .category(let plans)? = known.table["plan"]?.values else {
      Issue.record("no plans")
      return
    }
    let worse = zip(p, plans.codes).map { $1 >= 0 && plans.levels[Int($1)] == "c" ? $0 + 30 : $0 }
    let document = try compared(known, champion: p, challenger: worse) {
      $0.gate.segmentRows = 50
    }
    #expect(document.segments.count == 3 && document.segments.allSatisfy { $0.measure == .loss })
    let names = document.checks.filter(\.objects).map(\.name)
    #expect(names.contains("relative RMSE difference where plan is 'c'"), "\(names)")
    #expect(!names.contains { $0.contains("'a'") || $0.contains("'b'") }, "\(names)")
    let text = try JSONDocument.text(of: document.segments[0])
    #expect(text.contains("\"column\" : \"plan\"") && text.contains("\"loss\" : {"), "\(text)")
  }

  // MARK: - Losses

  @Test func `a loss is that of the metrics, and rows of a group count as one`() throws {
    var random = SeededGenerator(seed: 2)
    let targets = (0..<200).map { _ in Double(Int.random(in: 0..<20, using: &random)) }
    let predictions = targets.map { max(0.5, $0 + Double.random(in: -4..<4, using: &random)) }
    let metrics = try RegressionMetrics(targets: targets, predictions: predictions, pool: pool)
    let rows = try PredictedNumbers(targets: targets, predictions: predictions, groups: nil)
    for (measure, expected) in [
      (RegressionMeasure.rmse, metrics.rmse), (.mae, metrics.mae),
      (.meanPoissonDeviance, try #require(metrics.meanPoissonDeviance)),
    ] {
      let loss = rows.loss(by: measure, pool: pool)
      #expect(abs(loss.second - expected) < 1e-9 && loss.first == 0)
      #expect(loss.lower < expected && expected < loss.upper)
      let none = rows.loss(beside: rows, by: measure, pool: pool)
      #expect(none.value == 0 && none.lower == 0 && none.upper == 0)
    }
    // Ten times each row is no more evidence than each row once.
    let ten = (0..<2_000).map { Int32($0 / 10 * 10) }
    func tenfold(_ values: [Double]) -> [Double] {
      values.flatMap { [Double](repeating: $0, count: 10) }
    }
    func width(_ groups: RowGroups?) throws -> Double {
      let loss = try PredictedNumbers(
        targets: tenfold(targets), predictions: tenfold(predictions), groups: groups
      ).loss(by: .rmse, pool: pool)
      #expect(abs(loss.second - metrics.rmse) < 1e-9)
      return loss.upper - loss.lower
    }
    let single = rows.loss(by: .rmse, pool: pool)
    let grouped = try width(RowGroups(joining: [ten]))
    #expect(abs(grouped / (single.upper - single.lower) - 1) < 0.01)
    #expect(try width(nil) < 0.5 * grouped)
  }

  @Test func `a loss is finite whatever is predicted`() throws {
    let rows = try PredictedNumbers(
      targets: [0, 3, 1e11], predictions: [0, -.infinity, .infinity], groups: nil)
    for measure in RegressionMeasure.allCases {
      let loss = rows.loss(by: measure, pool: pool)
      #expect(loss.second.isFinite && loss.upper.isFinite, "\(measure) \(loss)")
    }
    #expect(throws: EvaluationError.empty) {
      try PredictedNumbers(targets: [], predictions: [], groups: nil)
    }
  }

  @Test func `a constant is the one of the least loss`() throws {
    let rows = try PredictedNumbers(
      targets: [0, 1, 2, 3, 94], predictions: [0, 0, 0, 0, 0], groups: nil)
    for (measure, constant) in [
      (RegressionMeasure.rmse, 20.0), (.mae, 2), (.meanPoissonDeviance, 20),
    ] {
      let found = try rows.constant(by: measure)
      #expect(found.predictions == [Double](repeating: constant, count: 5))
    }
  }

  @Test func `a reference that contradicts itself is damaged`() throws {
    func read(_ reached: String) throws {
      let text = """
        {"format_version": 1, "rows": 10, "columns": {}, "judged_rows": 5, "holdout": 0.2,
         "judged_from": "a", \(reached)}
        """
      _ = try RegressionLoop.Reference(decoding: Array(text.utf8), file: "reference.json")
    }
    try read(#""measure": "mae", "loss": 2, "loss_interval": [1, 3]"#)
    for reached in [
      #""measure": "auc", "loss": 2, "loss_interval": [1, 3]"#,
      #""measure": "mae", "loss": -2, "loss_interval": [1, 3]"#,
      #""measure": "mae", "loss": 2, "loss_interval": [3, 1]"#,
      #""measure": "mae", "loss": 2, "loss_interval": [1]"#,
      #""measure": "mae", "loss": "2", "loss_interval": [1, 3]"#,
      #""measure": "mae", "loss": 2"#,
    ] {
      #expect(throws: ArtifactError.self, "\(reached)") { try read(reached) }
    }
  }
}
