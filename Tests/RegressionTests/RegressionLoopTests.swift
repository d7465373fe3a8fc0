// The steps of a loop over regression models: what files are, what is learnt, what is predicted.
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

@testable import LearningTasks
@testable import Regression
@testable import Tabular

@Suite(.onOwnThread) struct RegressionLoopTests {
  let shop: ValueShop

  init() throws { shop = try ValueShop() }

  @Test func `a table with numbers in the target is labelled, one without is not`() throws {
    let loop = shop.loop()
    for (text, role) in [
      ("id,x,value\nC1,1,5\nC2,2,7.5\n", Examination.Role.labelled),
      ("id,x\nC1,1\n", .unlabelled), ("id,x,value\nC1,1,\nC2,2,\n", .unlabelled),
    ] {
      let found = try loop.examine([shop.file("a.csv", text)], champion: nil, first: nil)[0]
      #expect(found.role == role && found.problems.isEmpty, "\(text) \(found)")
    }
    for (text, reason) in [
      ("id,x,value\nC1,1,5\nC2,2,many\n", "many"), ("id,x,value\nC1,1,5\nC2,2,\n", "missing"),
      ("id,x,value\nC1,1,5\nC2,2,1e15\n", "between -1e12 and 1e12"), ("x,value\n1,5\n", "'id'"),
    ] {
      let found = try loop.examine([shop.file("b.csv", text)], champion: nil, first: nil)[0]
      #expect(found.role == .refused && found.problems.count == 1, "\(text) \(found)")
      #expect(found.problems.first?.message.contains(reason) == true, "\(found.problems)")
    }
    let counts = shop.loop { $0.training.loss = .poisson }
    let found = try counts.examine(
      [shop.file("c.csv", "id,x,value\nC1,1,-5\n")], champion: nil, first: nil)[0]
    #expect(found.problems.first?.message.contains("at least 0") == true, "\(found)")
  }

  @Test(arguments: RegressionLoss.allCases)
  func `a first model that has learnt something passes, and predicts`(
    loss: RegressionLoss
  ) throws {
    let loop = shop.loop { $0.training.loss = loss }
    let trained = try shop.train(loop, [shop.file("a.csv", shop.rows(0..<1_200))], as: "first")
    #expect(trained.version.count == 12 && !trained.continuesChampion)
    #expect(Set(trained.metrics.keys).isSuperset(of: ["rmse", "mae", "r2"]))
    if loss == .poisson { #expect(trained.metrics["mean_poisson_deviance"] != nil) }
    let verdict = try shop.judge(loop, "first")
    #expect(verdict.passes, "\(verdict.objections)")
    let reached = try RegressionLoop.Reference(folder: shop.path("first")).reached
    #expect(reached.measure == loss.metric)
    #expect(reached.lossInterval[0] < reached.loss && reached.loss < reached.lossInterval[1])
    let known = ["rmse": trained.metrics["rmse"], "mae": trained.metrics["mae"]]
    if let metric = known[reached.measure.rawValue] {
      #expect(abs(reached.loss - (try #require(metric))) < 1e-6)
    }
    let output = shop.path("p.csv")
    let predicted = try loop.predict(
      shop.file("u.csv", shop.rows(2_000..<2_050), labelled: false), model: shop.path("first"),
      output: output)
    #expect(predicted.rows == 50 && predicted.problem == nil)
    let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 51 && lines[0] == "id,prediction,model_version")
    let bad = try loop.predict(
      shop.file("bad.csv", "id,plan\nC1,a\n"), model: shop.path("first"), output: output)
    #expect(bad.problem?.contains("'tenure'") == true, "\(bad)")
  }

  @Test func `shuffled targets make no first champion`() throws {
    let loop = shop.loop()
    for seed in UInt64(1)...6 {
      _ = try shop.train(
        loop, [shop.file("p.csv", shop.shuffled(shop.rows(0..<800), seed: seed))],
        as: "shuffled\(seed)")
      #expect(try !shop.judge(loop, "shuffled\(seed)").passes, "seed \(seed)")
    }
  }

  @Test func `files are held against what the champion knows`() throws {
    let loop = shop.loop()
    _ = try shop.train(loop, [shop.file("a.csv", shop.rows(0..<1_200))], as: "champion")
    func found(_ rows: [ValueShop.Row], by loop: RegressionLoop) throws -> Examination {
      try loop.examine(
        [shop.file("b.csv", rows)], champion: shop.path("champion"), first: nil)[0]
    }
    let newer = shop.rows(5_000..<5_300)
    let good = try found(newer, by: loop)
    #expect(good.role == .labelled && good.problems.isEmpty, "\(good)")
    #expect(Set(good.drift.keys) == ["tenure", "plan"])
    let poison = try found(shop.shuffled(newer, seed: 3), by: loop)
    #expect(poison.role == .refused && poison.problems.map(\.code) == ["labels"], "\(poison)")
    let cents = newer.map { row in
      var row = row
      row.value *= 100
      return row
    }
    #expect(try found(cents, by: loop).problems.map(\.code) == ["labels"])
    let vouched = shop.loop { $0.checks.labels = 1 }
    #expect(try found(cents, by: vouched).role == .labelled)
    // Too few rows say nothing about labels.
    #expect(try found(Array(shop.shuffled(newer, seed: 3).prefix(60)), by: loop).role == .labelled)
    let strange = newer.map { row in
      var row = row
      row.tenure += 1_000
      return row
    }
    #expect(try found(strange, by: loop).problems.map(\.code).contains("out_of_range"))
    // A tenth of the rows is within the limit, which is nothing to note.
    let partly = zip(newer.indices, newer).map { index, row in
      var row = row
      if index % 10 == 0 { row.tenure += 1_000 }
      return row
    }
    let within = try found(partly, by: vouched)
    #expect(!(within.problems + within.warnings).map(\.code).contains("out_of_range"), "\(within)")
  }

  @Test func `neither threads nor the order of files change a byte`() throws {
    let first = try shop.file("a.csv", shop.rows(0..<400))
    let second = try shop.file("b.csv", shop.rows(400..<700))
    _ = try shop.train(shop.loop(threads: 1), [first, second], as: "one")
    _ = try shop.train(shop.loop(threads: 3), [second, first], as: "other")
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(filePath: shop.path(name)))
    }
    #expect(
      try bytes("one/run/model/regression.safetensors")
        == bytes("other/run/model/regression.safetensors"))
    #expect(try bytes("one-work/train.parquet") == bytes("other-work/train.parquet"))
  }

  @Test func `what is judged on, no model has learnt, and the newest rows come last`() throws {
    let loop = shop.loop()
    let first = try shop.file("a.csv", shop.rows(0..<600))
    _ = try shop.train(loop, [first], as: "champion")
    _ = try shop.train(
      loop, [first, shop.file("b.csv", shop.rows(600..<1_000))], as: "next", champion: "champion")
    func ids(_ table: String) throws -> [String] {
      let column = try Table.read(
        from: shop.path(table), options: ReadOptions(kinds: ["id": .text])
      ).table["id"]
      let cells = LabelText(try #require(column))
      return (0..<cells.count).compactMap { cells[$0] }
    }
    let learnt = try Set(ids("champion-work/train.parquet") + ids("next-work/train.parquet"))
    let judged = try ids("next-work/holdout.parquet")
    #expect(learnt.isDisjoint(with: judged) && Set(judged).count == judged.count)
    #expect(learnt.count + judged.count == 1_000)
    let note = try HoldoutNote(work: shop.path("next-work"), rows: judged.count)
    let newer = Set((600..<1_000).map { "C\($0)" })
    #expect(note.newRows > 40)
    #expect(judged.suffix(note.newRows).allSatisfy(newer.contains))
    #expect(!judged.dropLast(note.newRows).contains(where: newer.contains))
    let verdict = try shop.judge(loop, "next", champion: "champion")
    #expect(
      Set(verdict.metrics.keys) == [
        "holdout_rows", "rmse_difference", "rmse_difference_lower", "rmse_difference_upper",
        "champion_rmse",
      ])
    let gate = try String(contentsOfFile: shop.path("next/gate.json"), encoding: .utf8)
    for key in ["\"champion_beside_prior\"", "\"measure\" : \"rmse\"", "\"mean_poisson_deviance\""]
    {
      #expect(gate.contains(key), "\(key)")
    }
    #expect(!gate.contains("\"positives\""))
  }

  @Test func `lists of columns are taken apart, as the columns of the files say`() throws {
    let loop = shop.loop {
      $0.training.data.id = ["id,shop"]
      $0.training.data.drop = ["plan,note"]
    }
    let lines = shop.rows(0..<300).map {
      "C\($0.id),s\($0.id % 2),\($0.tenure),\($0.plan),\($0.id % 7),\($0.value)\n"
    }
    let file = try shop.file("a.csv", "id,shop,tenure,plan,note,value\n" + lines.joined())
    #expect(try loop.examine([file], champion: nil, first: nil)[0].role == .labelled)
    _ = try shop.train(loop, [file], as: "first")
    let layout = try RegressionModel(folder: shop.path("first/run")).layout
    #expect(layout.id == ["id", "shop"] && layout.features.map(\.name) == ["tenure"])
    let other = try shop.file("b.csv", "id,tenure,value\nC1,2,3\n")
    let found = try loop.examine([other], champion: nil, first: nil)[0]
    #expect(found.problems.map(\.column) == ["shop"], "\(found)")
  }

  @Test func `a search keeps its study beside the run folder`() throws {
    let loop = shop.loop {
      $0.trials = 4
      $0.training.boosting.numTrees = 30
      $0.training.loss = .absolute
    }
    _ = try shop.train(loop, [shop.file("a.csv", shop.rows(0..<600))], as: "first")
    #expect(FileManager.default.fileExists(atPath: shop.path("first/study.sqlite")))
    let study = try StudyFile(folder: shop.path("first/run"), task: "regression")
    #expect(study.trials.count == 4)
    let verdict = try shop.judge(loop, "first")
    #expect(verdict.passes, "\(verdict.objections)")
  }

  @Test(arguments: ["height", "tenure"])
  func `settings with another target than the champion's are refused, and no file is`(
    target: String
  ) throws {
    let file = try shop.file("a.csv", shop.rows(0..<600))
    _ = try shop.train(shop.loop(), [file], as: "champion")
    let (other, champion) = (shop.loop { $0.training.data.target = target }, shop.path("champion"))
    let expected = TaskError.otherTarget(found: target, expected: "value", model: champion)
    #expect(throws: expected) { try other.examine([file], champion: champion, first: nil) }
    #expect(throws: expected) { try shop.train(other, [file], as: "next", champion: "champion") }
    #expect(throws: expected) { try shop.judge(other, "champion", champion: "champion") }
    #expect(
      expected.description
        == "data.target is '\(target)', expected 'value', the target of the champion in \(champion)"
    )
  }

  @Test func `rows that all share an identifier leave none to judge on or to learn from`() throws {
    let rows = shop.rows(0..<200).map { row in
      var row = row
      row.id = 1
      return row
    }
    let file = try shop.file("a.csv", rows)
    #expect {
      try shop.train(shop.loop(), [file], as: "none")
    } throws: { error in
      guard let error = error as? TaskError, case .noRowsLeft(_, 200, 1, ["id"]) = error else {
        return false
      }
      return error.description.contains("different values of data.id (id)")
    }
  }

  @Test func `a reference whose bins do not add up to its rows is damaged`() throws {
    func read(rows: Int, _ counts: [Int]) throws {
      let text = """
        {"format_version": 1, "rows": \(rows), "judged_rows": 5, "holdout": 0.2, "judged_from": "a",
         "measure": "mae", "loss": 2, "loss_interval": [1, 3],
         "columns": {"x": {"kind": "number", "range": [0, 1], "edges": [], "levels": [], "binned": 0,
           "counts": \(counts)}}}
        """
      _ = try RegressionLoop.Reference(decoding: Array(text.utf8), file: "reference.json")
    }
    try read(rows: 10, [4, 6])
    for (rows, counts) in [(10, [4, 5]), (10, [4, 7]), (10, [-1, 11]), (.max, [.max, .max])] {
      #expect(throws: StorageError.self, "\(counts)") { try read(rows: rows, counts) }
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
      #expect(throws: StorageError.self, "\(reached)") { try read(reached) }
    }
  }
}
