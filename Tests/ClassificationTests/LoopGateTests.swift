// The gate of the loop: poisoned labels over many seeds, and each rule by itself. The test
// Tests/Acceptance/test_gate.py asks the same of more seeds and larger tables.
import Evaluation
import Foundation
import LoopContract
import NumericCore
import SampleData
import Storage
import Tables
import TestSupport
import Testing

@testable import Classification
@testable import LearningTasks
@testable import Tabular

@Suite(.onOwnThread) struct LoopGateTests {
  private typealias Loop = ClassifierLoop<ChurnPreset>

  let folder: TemporaryFolder
  private let pool = WorkerPool(threads: 4)

  init() throws { folder = try TemporaryFolder() }

  private func loop(_ change: (inout ChurnTask.LoopConfiguration) -> Void = { _ in })
    -> Loop
  {
    var configuration = ChurnTask.LoopConfiguration()
    configuration.training.data.target = "churn"
    configuration.training.data.id = ["customer_id"]
    change(&configuration)
    return Loop(configuration, context: RunContext(pool: pool))
  }

  // MARK: - Tables

  private typealias Row = [String]

  /// Made-up customers, dealt anew for each seed, and the names of the columns.
  private func customers(_ count: Int, seed: UInt64) throws -> (head: Row, rows: [Row]) {
    let path = folder.appending("all-\(count).csv")
    if !FileManager.default.fileExists(atPath: path) {
      _ = try ChurnGenerator(rows: count, seed: 1).write(to: path, pool: pool)
    }
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let head = lines.removeFirst()
    var random = SeededGenerator(seed: seed)
    return (head, lines.shuffled(using: &random))
  }

  private func file(_ name: String, _ head: Row, _ rows: [Row]) throws -> StepFile {
    let text = ([head] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    try folder.write(Array(text.utf8), to: name)
    return StepFile(
      path: folder.appending(name), name: name,
      sha256: Fingerprint(of: Array(text.utf8)).sha256)
  }

  /// The labels of a share of the rows, dealt out among them anew.
  private func shuffled(_ rows: [Row], share: Double, seed: UInt64) -> [Row] {
    var random = SeededGenerator(seed: seed, stream: 1)
    let places = rows.indices.filter { _ in random.uniform() < share }
    let labels = places.map { rows[$0][rows[$0].count - 1] }.shuffled(using: &random)
    var result = rows
    for (place, label) in zip(places, labels) { result[place][result[place].count - 1] = label }
    return result
  }

  /// The labels of one kind of contract, the wrong way round.
  private func flipped(_ rows: [Row], column: Int) -> [Row] {
    rows.map { row in
      guard row[column] == "Two year" else { return row }
      return row.dropLast() + [row[row.count - 1] == "Yes" ? "No" : "Yes"]
    }
  }

  private func judged(
    _ loop: Loop, _ files: [StepFile], champion: String?, name: String
  ) throws -> Verdict {
    let (candidate, work) = (folder.appending(name), folder.appending("\(name)-work"))
    for path in [candidate, work] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    _ = try loop.train(
      TrainingRequest(
        files: files, candidate: candidate, work: work, champion: champion,
        unfinished: folder.appending("study")))
    return try loop.judge(candidate, work: work, champion: champion, comparisons: 0)
  }

  @Test func `shuffled labels make no first champion`() throws {
    let loop = loop()
    for seed in UInt64(1)...8 {
      let (head, rows) = try customers(1_600, seed: seed)
      let poisoned = try file("p\(seed).csv", head, shuffled(rows, share: 1, seed: seed))
      let verdict = try judged(loop, [poisoned], champion: nil, name: "c\(seed)")
      #expect(!verdict.passes, "seed \(seed)")
    }
  }

  @Test func `poisoned labels take no champion's place, whatever was learnt besides`() throws {
    let loop = loop()
    for seed in UInt64(1)...2 {
      let (head, rows) = try customers(4_000, seed: seed)
      let (old, new) = (Array(rows[..<2_000]), Array(rows[2_000...]))
      let first = try file("old\(seed).csv", head, old)
      let champion = folder.appending("champion\(seed)")
      let honest = try judged(loop, [first], champion: nil, name: "champion\(seed)")
      #expect(honest.passes, "\(honest.objections)")
      let contract = try #require(head.firstIndex(of: "contract"))
      for (kind, poisoned) in [
        ("shuffled", shuffled(new, share: 1, seed: seed)),
        ("half", shuffled(new, share: 0.5, seed: seed)),
        ("flipped", flipped(new, column: contract)),
      ] {
        let file = try file("\(kind)\(seed).csv", head, poisoned)
        for (mode, files) in [("all", [first, file]), ("window", [file])] {
          let verdict = try judged(
            loop, files, champion: champion, name: "\(kind)-\(mode)-\(seed)")
          #expect(!verdict.passes, "\(kind), \(mode), seed \(seed)")
        }
      }
    }
  }

  @Test func `a file is named as it was dropped, wherever its bytes are`() throws {
    var ragged = try file("4711.csv", ["customer_id", "churn"], [["1", "Yes"], ["2"]])
    ragged.name = "customers.csv"
    let found = try loop().examine([ragged], champion: nil, first: nil)[0]
    let message = try #require(found.problems.first?.message)
    #expect(message.contains("customers.csv") && !message.contains("4711"), "\(message)")
    _ = try judged(
      loop(), [try file("n.csv", customers(600, seed: 9).head, customers(600, seed: 9).rows)],
      champion: nil, name: "named")
    let predicted = try loop().predict(
      ragged, model: folder.appending("named"), output: folder.appending("named.csv"))
    let problem = try #require(predicted.problem)
    #expect(problem.contains("customers.csv") && !problem.contains("4711"), "\(problem)")
  }

  // MARK: - Rules

  /// A champion, and what it predicts for the rows that it was judged on.
  private struct Known {
    var model: ClassifierModel
    var reference: Loop.Reference
    var results: ClassifierResults
    var table: Table
    var rows: ScoredRows
  }

  private func known() throws -> Known {
    let (head, rows) = try customers(4_000, seed: 9)
    _ = try judged(loop(), [try file("k.csv", head, rows)], champion: nil, name: "known")
    let model = try ClassifierModel(folder: folder.appending("known/run"))
    let results = try JSONDocument.value(
      ClassifierResults.self,
      from: try RunFolderReader.bytes(
        ClassifierResults.fileName, of: folder.appending("known/run")))
    let holdout = folder.appending("known-work/holdout.parquet")
    let table = try model.layout.reading(
      TableSource(location: holdout), labelled: true, context: RunContext(pool: pool)
    ).table
    let labels = try model.layout.labels(of: table, data: holdout).map { $0 == 1 }
    return Known(
      model: model, reference: try Loop.Reference(folder: folder.appending("known")),
      results: results, table: table,
      rows: try ScoredRows(labels: labels, probabilities: try model.predict(table, pool: pool)))
  }

  /// What comes of two models whose predictions are made of one's.
  private func compared(
    _ known: Known, champion: [Double], challenger: [Double], labels: [Bool]? = nil,
    newRows: Range<Int>? = nil, _ change: (inout ChurnTask.LoopConfiguration) -> Void = { _ in }
  ) throws -> Loop.Document {
    let labels = labels ?? known.rows.labels
    let other = try ScoredRows(labels: labels, probabilities: challenger)
    var document = Loop.Document(
      challenger: "b", champion: "a", rows: other.count, positives: other.positives,
      comparisons: 0, metrics: ClassifierMetrics(try BinaryMetrics(other, pool: pool)))
    try loop(change).compare(
      GateSides(
        champion: try ScoredRows(labels: labels, probabilities: champion), challenger: other,
        table: known.table, newRows: newRows ?? 0..<other.count, earlier: known.reference.reached),
      layout: known.model.layout, known.results, &document)
    return document
  }

  /// Bolder or more timid, in the same order.
  private func bolder(_ probabilities: [Double], _ factor: Double) -> [Double] {
    probabilities.map { 1 / (1 + pow(1 / $0 - 1, factor)) }
  }

  private func objections(_ document: Loop.Document) -> [String] {
    document.checks.filter(\.objects).map(\.name)
  }

  @Test func `a check tells its facts beside its sentence`() throws {
    let check = GateCheck(.holdoutRows, 60, .atLeast, 50)
    #expect(check.passes && check.name == "holdout rows" && check.expected == "at least 50")
    let text = try JSONDocument.text(of: check)
    for part in ["\"bound\" : 50", "\"found\" : 60", "\"id\" : \"holdout_rows\"", "at_least"] {
      #expect(text.contains(part), "\(text)")
    }
    let group = RowGroupName(column: "plan", level: "a")
    let segment = GateCheck(.segment(group), -0.1, .atLeast, -0.03)
    #expect(segment.objects && segment.name == "AUC difference where plan is 'a'")
    #expect(GateCheck(.lowestAUC, 1, .above, .infinity).bound == nil)
  }

  @Test func `equal predictions are as good`() throws {
    let known = try known()
    let p = known.rows.probabilities
    let document = try compared(known, champion: p, challenger: p)
    #expect(objections(document) == [])
    #expect(document.isBetter == false && document.championHasFallen == false)
  }

  @Test func `the same order with surely worse log loss is rejected`() throws {
    let known = try known()
    let p = known.rows.probabilities
    let document = try compared(known, champion: p, challenger: bolder(p, 1.5))
    #expect(document.paired?.auc.value == 0)
    #expect(objections(document).contains("lower end of the log loss difference"))
  }

  @Test func `surely better log loss is better, however far the scores have moved`() throws {
    let known = try known()
    let p = known.rows.probabilities
    let document = try compared(known, champion: bolder(p, 2), challenger: p)
    #expect(document.isBetter == true && document.championHasFallen == false)
    let scores = try #require(
      document.checks.first { $0.name == "stability index of the scores" })
    #expect(!scores.passes && !scores.counts)
    #expect(objections(document) == [])
  }

  @Test func `a champion that knows nothing of the new rows is replaced`() throws {
    let known = try known()
    let p = known.rows.probabilities
    var random = SeededGenerator(seed: 3)
    let lost = p.shuffled(using: &random)
    let document = try compared(known, champion: lost, challenger: p)
    #expect(document.championHasFallen == true)
    #expect(objections(document) == [], "\(document.checks)")
    // What is as bad does not take its place.
    let other = try compared(known, champion: lost, challenger: p.shuffled(using: &random))
    #expect(!objections(other).isEmpty)
  }

  @Test func `a world turned round is believed only where somebody answers for the labels`() throws
  {
    let known = try known()
    let p = known.rows.probabilities
    let labels = known.rows.labels.map { !$0 }
    let right = p.map { 1 - $0 }
    let document = try compared(known, champion: p, challenger: right, labels: labels)
    #expect(document.championHasFallen == true)
    #expect(objections(document).contains { $0.hasPrefix("champion's AUC on the new rows") })
    let vouched = try compared(known, champion: p, challenger: right, labels: labels) {
      $0.checks.labels = 1
    }
    #expect(objections(vouched) == [])
  }

  @Test func `labels that cost both models their AUC are noise`() throws {
    let known = try known()
    let p = known.rows.probabilities
    var random = SeededGenerator(seed: 5)
    var labels = known.rows.labels
    let places = labels.indices.filter { _ in random.uniform() < 0.5 }
    for (place, label) in zip(places, places.map { labels[$0] }.shuffled(using: &random)) {
      labels[place] = label
    }
    let document = try compared(known, champion: p, challenger: bolder(p, 0.7), labels: labels)
    #expect(objections(document).contains("AUC that the new labels cost"), "\(document.checks)")
    // The rows that the champion was judged on say nothing about new labels.
    let old = try compared(
      known, champion: p, challenger: bolder(p, 0.7), labels: labels, newRows: 0..<0)
    #expect(old.newRows == nil && !objections(old).contains("AUC that the new labels cost"))
  }
}
