// What trained classifiers answer: to tables and to single rows alike, from any thread.
import Evaluation
import Foundation
import GradientBoosting
import NumericCore
import Storage
import Synchronization
import Tables
import TestSupport
import Testing

@testable import Classification
@testable import LearningTasks
@testable import Tabular

@Suite(.onOwnThread) struct ClassifierPredictorTests {
  private static let rows = 300
  private let folder: TemporaryFolder
  private let context = RunContext(pool: WorkerPool(threads: 2))

  init() throws { folder = try TemporaryFolder() }

  private struct Customer {
    var tenure: Double?
    var plan: String?
    var isPaperless: Bool

    init(_ row: Int) {
      tenure = row % 13 == 0 ? nil : Double(row * 7 % 60) + 0.25
      plan = row % 17 == 0 ? nil : ["basic", "é", "top"][row % 3]
      isPaperless = row % 5 < 2
    }

    var churns: Bool { ((tenure ?? 0) < 20) != (plan == "top") }

    var cells: String {
      "\(tenure.map { "\($0)" } ?? ""),\(plan ?? ""),\(isPaperless ? "True" : "False")"
    }

    var row: FeatureRow {
      var values: [String: FeatureValue] = ["paperless": .text(isPaperless ? "true" : "false")]
      values["tenure"] = tenure.map(FeatureValue.number)
      values["plan"] = plan.map(FeatureValue.text)
      return FeatureRow(values)
    }
  }

  private func table() throws -> TableSource {
    let lines = (0..<Self.rows).map { row -> String in
      let customer = Customer(row)
      return "c\(row),\(customer.cells),\(customer.churns != (row % 9 == 0) ? "yes" : "no")\n"
    }
    try folder.write(
      Array(("id,tenure,plan,paperless,churn\n" + lines.joined()).utf8), to: "customers.csv")
    return TableSource(location: folder.appending("customers.csv"))
  }

  private func classifier() throws -> String {
    var configuration = ChurnConfiguration()
    configuration.data.path = try table().location
    configuration.data.target = "churn"
    configuration.data.id = ["id"]
    configuration.boosting.numTrees = 20
    configuration.boosting.minDataInLeaf = 5
    configuration.calibration = .isotonic
    let model = folder.appending("model")
    _ = try ChurnTask.train(
      configuration, into: RunFolder(target: model), shownAs: model, context: context)
    return model
  }

  @Test func `a row has the answer of the table that holds it`() throws {
    let predictor = try ClassifierPredictor(folder: classifier())
    let answers = try predictor.predict(
      predictor.read(try table(), context: context), context: context)
    guard case .number(let probabilities)? = answers["churn_probability"]?.values else {
      Issue.record("no probabilities")
      return
    }
    let all = probabilities.doubles()
    #expect(all.count == Self.rows && Set(all).count > 2)
    for row in 0..<Self.rows {
      let answer = try predictor.predict(Customer(row).row)
      #expect(answer.probability == all[row])
      #expect(answer.label == answers["churn_label"]?.text(row: row))
      #expect(answer.modelVersion == predictor.modelVersion)
    }
  }

  @Test(arguments: [1, 2, 63, 64, 65, 299])
  func `few rows have the answers of many`(count: Int) throws {
    let predictor = try ClassifierPredictor(folder: classifier())
    let table = try predictor.read(try table(), context: context)
    let all = try predictor.predict(table, context: context)
    for first in [0, Self.rows - count] {
      let rows = (first..<first + count).map(Int32.init)
      let part = Table(columns: table.columns.map { $0.selecting(rows) }, rowCount: count)
      let some = try predictor.predict(part, context: context)
      #expect(some.columns.map(\.name) == all.columns.map(\.name))
      for (column, whole) in zip(some.columns, all.columns) {
        #expect(
          (0..<count).allSatisfy { column.text(row: $0) == whole.text(row: first + $0) },
          "\(column.name)")
      }
    }
  }

  @Test func `cells in memory have the answers of the table of them`() throws {
    let predictor = try ClassifierPredictor(folder: classifier(), refusesUnknown: false)
    func cells(_ count: Int, from first: Int) -> [CellColumn] {
      let customers = (first..<first + count).map { Customer($0) }
      return [
        CellColumn(name: "paperless", cells: customers.map { .flag($0.isPaperless) }),
        CellColumn(name: "id", cells: (first..<first + count).map { .text("c\($0)") }),
        CellColumn(
          name: "tenure",
          cells: customers.map { customer in
            customer.tenure.map { $0 > 20 ? .number($0) : .text(" \($0)") } ?? .missing
          }),
        CellColumn(
          name: "plan", cells: customers.map { $0.plan.map { .text($0) } ?? .text("NA") }),
      ]
    }
    func texts(_ table: Table) -> [[String?]] {
      table.columns.map { column in (0..<table.rowCount).map { column.text(row: $0) } }
    }
    for count in [1, 2, 64, 65] {
      for first in [0, 200] {
        let columns = cells(count, from: first)
        let table = try predictor.table(columns, rowCount: count, named: "x")
        let whole = try predictor.predict(table, named: "x", context: context)
        let answers = try predictor.answers(
          to: columns, rowCount: count, named: "x", context: context)
        #expect(texts(answers) == texts(whole))
        #expect(answers.columns.map(\.name) == whole.columns.map(\.name))
      }
    }
    var columns = cells(1, from: 3)
    columns.remove(at: 1)
    #expect(
      try predictor.answers(to: columns, rowCount: 1, named: "x", context: context)
        .columns.map(\.name) == ["churn_probability", "churn_label", "model_version"])
    columns.append(CellColumn(name: "churn", cells: [.text("?")]))
    #expect(
      try predictor.answers(to: columns, rowCount: 1, named: "x", context: context).rowCount == 1)
    columns[1] = CellColumn(name: "tenure", cells: [.text("much")])
    #expect(throws: TableError.self) {
      try predictor.answers(to: columns, rowCount: 1, named: "x", context: context)
    }
    columns[1] = CellColumn(name: "tenure", cells: [.number(.infinity)])
    #expect(throws: TaskError.self) {
      try predictor.answers(to: columns, rowCount: 1, named: "x", context: context)
    }
    columns[1] = CellColumn(name: "tenur", cells: [.number(1)])
    #expect(throws: TaskError.unknownColumn(name: "tenur", suggestion: "tenure")) {
      try predictor.answers(to: columns, rowCount: 1, named: "x", context: context)
    }
    columns.remove(at: 1)
    #expect(throws: TableError.self) {
      try predictor.answers(to: columns, rowCount: 1, named: "x", context: context)
    }
  }

  @Test func `the schemas are those of the tables`() throws {
    let predictor = try ClassifierPredictor(folder: classifier(), reasons: 2, interactions: 1)
    let table = try predictor.read(try table(), context: context)
    func sorted(_ schema: Schema) -> [String] {
      schema.fields.map { "\($0.name) \($0.kind)" }.sorted()
    }
    #expect(sorted(table.schema) == sorted(predictor.inputSchema))
    #expect(try predictor.predict(table, context: context).schema == predictor.outputSchema)
    #expect(predictor.task == "churn")
  }

  @Test func `rows with unknown names, or words for numbers, are refused`() throws {
    let predictor = try ClassifierPredictor(folder: classifier())
    #expect(throws: TaskError.unknownColumn(name: "tenur", suggestion: "tenure")) {
      try predictor.predict(["tenur": .number(3)])
    }
    for word in ["much", "inf", "nan"] {
      #expect(
        throws: TaskError.unusableValue(column: "tenure", found: word, expected: "a number")
      ) { try predictor.predict(["tenure": .text(word)]) }
    }
    let known = try predictor.predict([
      "id": .text("c1"), "tenure": .text("3"), "churn": .text("?"),
    ])
    #expect(known == (try predictor.predict(["tenure": .number(3)])))
  }

  @Test func `rows come from JSON, where null is a missing value`() throws {
    let row = try JSONDecoder().decode(
      FeatureRow.self, from: Data(#"{"a": 1.5, "b": null, "c": true, "d": "x"}"#.utf8))
    #expect(row == ["a": .number(1.5), "c": .text("true"), "d": .text("x")])
  }

  @Test func `all threads get the same answers`() throws {
    let predictor = try ClassifierPredictor(folder: classifier())
    let expected = try (0..<Self.rows).map { try predictor.predict(Customer($0).row) }
    let wrong = Atomic<Int>(0)
    context.pool.forEach(count: 8) { _, _ in
      for row in 0..<Self.rows where (try? predictor.predict(Customer(row).row)) != expected[row] {
        wrong.wrappingAdd(1, ordering: .relaxed)
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
