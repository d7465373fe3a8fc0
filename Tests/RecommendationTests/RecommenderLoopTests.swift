// The steps of the recommender's loop: what files are, what is learnt and judged, what is recommended.
import Evaluation
import Foundation
import LoopContract
import NumericCore
import Recommender
import Storage
import Tables
import TestSupport
import Testing
import Texts

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommenderLoopTests {
  let shop: TasteShop

  init() throws { shop = try TasteShop() }

  // MARK: - Examination

  @Test func `tables are known by their columns`() throws {
    let loop = shop.loop()
    for (text, role, isBackground) in [
      ("user,item\nu1,i1\n", Examination.Role.labelled, false),
      ("customerNumber,productCode,x\n1,2,3\n", .labelled, false),
      ("user\nu1\nu2\n", .unlabelled, false), ("user,colour\nu1,red\n", .unlabelled, false),
      ("user,city\nu1,Paris\n", .labelled, true), ("item,MSRP\ni1,2.5\n", .labelled, true),
    ] {
      let found = try loop.examine([shop.drop("a.csv", text)], champion: nil, first: nil)[0]
      #expect(
        found.role == role && found.isBackground == isBackground, "\(text) \(found)")
    }
  }

  @Test func `tables that cannot be used are refused with the reason`() throws {
    let loop = shop.loop()
    let first = try shop.drop("first.csv", "user,item,rating\nu1,i1,3\nu2,i2,4\n")
    for (text, reason) in [
      ("item\ni1\n", "for users"), ("colour\nred\n", "for users"), ("user,item\n", "no rows"),
      ("user\n", "no rows"), ("user,item,rating\nu1,,3\n", "row 1 of 'item' is empty"),
      ("user,item\nu1,i1\n", "there is no column 'rating'"),
      ("user,item,rating\nu1,i1,\n", "the rating in data row 1 is missing"),
      ("user,item,rating\nu1,i1,good\n", "good"), ("user,city\nu1,a\nu1,b\n", "'u1'"),
      ("user\nu1\n\"\"\nu2\n", "bad.csv: data row 2 of 'user' is empty"),
      ("user,item,rating\nu1,i1,1e300\n", "the rating in data row 1 is 1e+300"),
      ("user,creditLimit\nu1,1e200\n", "column 'creditLimit' is 1e+200 in data row 1"),
    ] {
      let file = try shop.drop("bad.csv", text)
      let found = try loop.examine([file], champion: nil, first: first)[0]
      #expect(found.role == .refused && found.problems.count == 1, "\(text) \(found)")
      #expect(found.problems.first?.message.contains(reason) == true, "\(found.problems)")
      #expect(found.problems.first?.message.contains("object-") == false, "\(found.problems)")
    }
  }

  @Test func `files are held against what the champion knows`() throws {
    let loop = shop.loop()
    let file = try shop.drop("a.csv", TasteShop.text(TasteShop.pairs(0..<200)))
    let champion = try shop.train(loop, [file], as: "champion").candidate
    func found(_ text: String) throws -> Examination {
      try loop.examine([shop.drop("b.csv", text)], champion: champion, first: nil)[0]
    }
    let newer = TasteShop.pairs(0..<200, each: 4, seed: 2)
    let good = try found(TasteShop.text(newer))
    #expect(good.role == .labelled && good.problems.isEmpty && good.drift["item"] != nil)
    let poison = try found(TasteShop.text(TasteShop.exchanged(newer)))
    #expect(poison.role == .refused && poison.problems.map(\.code) == ["agreement"])
    let strange = try found(TasteShop.text(newer.map { ($0, $1 + 1_000) }))
    #expect(strange.problems.map(\.code) == ["unknown_items"])
    let one = try found(TasteShop.text(newer.map { ($0.0, 7) }))
    #expect(one.warnings.contains { $0.code == "drift" }, "\(one)")
    let list = try found("user\nu1\nu1\nu2\n")
    #expect(list.role == .unlabelled && list.rows == 2)
  }

  @Test func `a rating far outside the scale is refused`() throws {
    let loop = shop.loop { $0.recommender.model.hidden = ["8"] }
    let pairs = TasteShop.pairs(0..<60)
    let file = try shop.drop("a.csv", TasteShop.rated(pairs))
    let champion = try shop.train(loop, [file], as: "champion").candidate
    let text = TasteShop.rated(TasteShop.pairs(0..<60, each: 2, seed: 3)) + "u1,i1,500,c1,l1\n"
    let found = try loop.examine([shop.drop("b.csv", text)], champion: champion, first: nil)[0]
    #expect(found.problems.map(\.code) == ["out_of_range"], "\(found)")
  }

  // MARK: - Training

  @Test func `what is judged on, the holdout model has not learnt, and the model in service has`()
    throws
  {
    let loop = shop.loop()
    let pairs = TasteShop.pairs(0..<100)
    let (candidate, work, training) = try shop.train(
      loop, [shop.drop("a.csv", TasteShop.text(pairs))], as: "a")
    let distinct = Set(pairs.map { "\($0) \($1)" }).count
    #expect(training.rows == distinct && training.version.count == 12)
    let run = try RecommenderModel(folder: "\(candidate)/run")
    let holdout = try RecommenderModel(folder: "\(candidate)/holdout")
    let judged = try Table.read(
      from: "\(work)/judged.parquet",
      options: ReadOptions(kinds: ["user": .category, "item": .category])
    ).table
    guard case .category(let users)? = judged["user"]?.values,
      case .category(let items)? = judged["item"]?.values
    else {
      Issue.record("no judged pairs")
      return
    }
    for (user, item) in zip(run.users.places(in: users), run.items.places(in: items)) {
      #expect(!holdout.seen.contains(row: Int(user), column: item))
      #expect(run.seen.contains(row: Int(user), column: item))
    }
    #expect(run.seen.indices.count == distinct)
    #expect(holdout.seen.indices.count + judged.rowCount == distinct)
    #expect((distinct / 20..<distinct / 5).contains(judged.rowCount))
    // The embeddings are there as the command exports them.
    let context = RunContext(pool: WorkerPool(threads: 1))
    let out = shop.folder.appending("exported")
    _ = try RecommenderTask.exportEmbeddings(
      model: "\(candidate)/run", as: .csv, to: out, replaces: false, context: context)
    for name in ["user_embeddings.csv", "item_embeddings.csv"] {
      let exported = try Data(contentsOf: URL(filePath: "\(out)/\(name)"))
      let own = try Data(contentsOf: URL(filePath: "\(candidate)/run/embeddings/\(name)"))
      #expect(exported == own)
    }
  }

  @Test func `neither threads nor the order of files change a byte`() throws {
    let pairs = TasteShop.pairs(0..<80)
    let first = try shop.drop("a.csv", TasteShop.text(Array(pairs.prefix(500))))
    let second = try shop.drop("b.csv", TasteShop.text(Array(pairs.dropFirst(500))))
    let one = try shop.train(shop.loop(threads: 1), [first, second], as: "one")
    let other = try shop.train(shop.loop(threads: 3), [second, first], as: "other")
    #expect(one.training.version == other.training.version)
    func bytes(_ folder: String, _ name: String) throws -> Data {
      try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
    }
    for name in [
      "run/model/two_tower.safetensors", "holdout/model/two_tower.safetensors", "reference.json",
    ] {
      #expect(try bytes(one.candidate, name) == bytes(other.candidate, name), "\(name)")
    }
    #expect(
      try bytes(one.work, "judged.parquet") == bytes(other.work, "judged.parquet"))
  }

  @Test func `where there are times the latest of each user are judged on`() throws {
    let loop = shop.loop { $0.recommender.data.timestamp = "time" }
    let rows = (0..<50).flatMap { user in
      (0..<10).map { "u\(user),i\((user * 7 + $0 * 3) % 30),\($0 * 5 % 10)\n" }
    }
    let file = try shop.drop("a.csv", "user,item,time\n" + rows.joined())
    let work = try shop.train(loop, [file], as: "a").work
    let text = try Table.read(
      from: "\(work)/judged.parquet",
      options: ReadOptions(kinds: ["user": .category, "item": .category])
    ).table
    guard case .category(let users)? = text["user"]?.values,
      case .category(let items)? = text["item"]?.values
    else {
      Issue.record("no judged pairs")
      return
    }
    #expect(users.count == 50)
    for row in 0..<users.count {
      // Times are 0 and 5.
      #expect(rows.contains("\(users[row] ?? ""),\(items[row] ?? ""),5\n"))
    }
  }

  @Test func `of a pair the newest rating counts, of a user the newest features`() throws {
    let loop = shop.loop()
    let files = [
      try shop.drop("a.csv", "user,item,rating\nu2,i1,1\nu1,i1,2\nu1,i2,3\n"),
      try shop.drop("u.csv", "user,city,creditLimit\nu1,Paris,1\nu9,Rome,2\n"),
      try shop.drop("b.csv", "user,item,rating\nu1,i1,5\nu3,i2,4\n"),
      try shop.drop("v.csv", "user,city,creditLimit\nu1,Lyon,7\n"),
    ]
    let work = shop.folder.appending("work")
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    let tables = try loop.tables(of: files, work: work, known: nil, kinds: [:])
    func rows(_ path: String?) throws -> [String] {
      let out = shop.folder.appending("shown.csv")
      try Table.read(from: try #require(path)).table.write(to: out)
      return try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
        .map(String.init)
    }
    #expect(
      try rows(tables.data.path)
        == ["user,item,rating", "u1,i1,5", "u1,i2,3", "u2,i1,1", "u3,i2,4"])
    #expect(tables.ages == [1, 0, 0, 1])
    #expect(
      try rows(tables.data.users)
        == ["user,city,creditLimit", "u1,Lyon,7", "u2,,", "u3,,", "u9,Rome,2"])
    #expect(tables.data.items == nil)
  }

  // MARK: - Judging

  @Test func `a good model passes, one of exchanged items does not`() throws {
    let loop = shop.loop()
    let pairs = TasteShop.pairs(0..<200)
    let good = try shop.train(loop, [shop.drop("a.csv", TasteShop.text(pairs))], as: "good")
    let verdict = try loop.judge(good.candidate, work: good.work, champion: nil, comparisons: 0)
    #expect(verdict.passes, "\(verdict)")
    #expect(verdict.metrics["judged_users"] ?? 0 > 50)
    let poison = try shop.drop("p.csv", TasteShop.text(TasteShop.exchanged(pairs)))
    let alone = try shop.train(loop, [poison], as: "alone")
    #expect(
      try !loop.judge(alone.candidate, work: alone.work, champion: nil, comparisons: 0).passes)
    // Mixed with what is good it may beat popularity, not the champion.
    let more = TasteShop.exchanged(TasteShop.pairs(0..<200, each: 24, seed: 4))
    let mixed = try shop.train(
      loop,
      [shop.drop("a.csv", TasteShop.text(pairs)), shop.drop("m.csv", TasteShop.text(more))],
      as: "mixed", champion: good.candidate)
    let against = try loop.judge(
      mixed.candidate, work: mixed.work, champion: good.candidate, comparisons: 3)
    #expect(!against.passes, "\(against)")
    #expect(against.metrics["ndcg_difference_lower"] ?? 1 < 0)
    let gate = try JSONDocument.value(
      [String: JSONValue].self, from: try AtomicFile.read("\(mixed.candidate)/gate.json"))
    #expect(gate["comparisons"] == .integer(3) && gate["paired"] != nil)
  }

  @Test func `models of ratings are judged by their errors`() throws {
    let loop = shop.loop { $0.recommender.model.hidden = ["16"] }
    let file = try shop.drop("a.csv", TasteShop.rated(TasteShop.pairs(0..<120)))
    let first = try shop.train(loop, [file], as: "first")
    let verdict = try loop.judge(first.candidate, work: first.work, champion: nil, comparisons: 0)
    #expect(verdict.passes, "\(verdict)")
    let rmse = try #require(first.training.metrics["rmse"])
    let mean = try #require(verdict.metrics["mean_rating_rmse"])
    #expect(rmse < mean)
    let more = try shop.drop("b.csv", TasteShop.rated(TasteShop.pairs(0..<120, each: 4, seed: 5)))
    let second = try shop.train(loop, [file, more], as: "second", champion: first.candidate)
    let again = try loop.judge(
      second.candidate, work: second.work, champion: first.candidate, comparisons: 0)
    #expect(again.metrics["champion_rmse"] != nil && again.metrics["rmse_difference_upper"] != nil)
    // Older programs gave the folder of the holdout model another name.
    try FileManager.default.moveItem(
      atPath: "\(first.candidate)/holdout", toPath: "\(first.candidate)/twin")
    let older = try loop.judge(
      second.candidate, work: second.work, champion: first.candidate, comparisons: 0)
    #expect(older == again)
  }

  @Test func `lists of judged users are those of sorting all items`() throws {
    let loop = shop.loop()
    let pairs = TasteShop.pairs(0..<60)
    let one = try shop.train(loop, [shop.drop("a.csv", TasteShop.text(pairs))], as: "one")
    let both = TasteShop.pairs(5..<70, each: 14, seed: 6).map { ($0, $1 + 3) } + pairs
    let two = try shop.train(loop, [shop.drop("b.csv", TasteShop.text(both))], as: "two")
    let models = try [one, two].map { try RecommenderModel(folder: "\($0.candidate)/holdout") }
    let table = try Table.read(
      from: "\(two.work)/judged.parquet",
      options: ReadOptions(kinds: ["user": .category, "item": .category])
    ).table
    let judged = JudgedUsers(table, models: models)
    #expect(judged.count > 20)
    // The slow twin: by name, one user after the other.
    guard case .category(let users)? = table["user"]?.values,
      case .category(let items)? = table["item"]?.values
    else { return }
    let common = models[0].items.names.filter { models[1].items.place(of: $0) != nil }
    func seen(_ user: String) -> Set<String> {
      var names: Set<String> = []
      for model in models {
        guard let place = model.users.place(of: user) else { continue }
        names.formUnion(model.seen[place].map { model.items.names[Int($0)] })
      }
      return names
    }
    for (number, model) in models.enumerated() {
      var gains: [Double] = []
      for user in models[0].users.names where models[1].users.place(of: user) != nil {
        let taken = seen(user)
        let wanted = Set(
          (0..<users.count).filter { users[$0] == user }.compactMap { items[$0] }
            .filter { common.contains($0) && !taken.contains($0) })
        guard !wanted.isEmpty,
          models.allSatisfy({ model in
            model.users.place(of: user).map { !model.seen[$0].isEmpty } ?? false
          }), let place = model.users.place(of: user)
        else { continue }
        let scored = common.filter { !taken.contains($0) }.map { name -> (Float, String) in
          let item = model.items.place(of: name) ?? 0
          let score = zip(model.userVectors.row(place), model.itemVectors.row(item))
            .reduce(Float(0)) { $0 + $1.0 * $1.1 }
          return (score, name)
        }.sorted { $0.0 > $1.0 }
        var gain = 0.0
        for (rank, entry) in scored.prefix(5).enumerated() where wanted.contains(entry.1) {
          gain += 1 / log2(Double(rank + 2))
        }
        let ideal = (0..<min(5, wanted.count)).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
        gains.append(gain / ideal)
      }
      let found = try judged.lists(of: number, k: 5, pool: WorkerPool(threads: 2))
      #expect(gains.count == judged.count && found.gains.count == judged.count)
      // Rounding may change the places of items with all but equal scores.
      let mean = gains.reduce(0, +) / Double(gains.count)
      #expect(abs(found.metrics.ndcg - mean) < 1e-3, "\(found.metrics.ndcg), \(mean)")
    }
  }

  @Test func `agreement tells true pairs from exchanged ones`() throws {
    let (users, items, d) = (40, 30, 4)
    var random = SeededGenerator(seed: 3)
    func vectors(_ count: Int) -> Matrix<Float> {
      Matrix(
        rows: count, columns: d,
        elements: (0..<count * d).map { _ in Float.random(in: -1..<1, using: &random) })
    }
    let (userVectors, itemVectors) = (vectors(users), vectors(items))
    let scorer = try VectorScorer(users: userVectors, items: itemVectors)
    func score(_ user: Int, _ item: Int) -> Float {
      zip(userVectors.row(user), itemVectors.row(item)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    // Everybody takes the ten best.
    let pairs = (0..<users).flatMap { user in
      (0..<items).sorted { score(user, $0) > score(user, $1) }.prefix(10).map { (user, $0) }
    }
    func agreement(_ pairs: [(Int, Int)], seen: Bool = false) -> PairAgreement? {
      PairAgreement(
        users: pairs.map { Int32($0.0) }, items: pairs.map { Int32($0.1) }, ratings: nil,
        scorer: scorer, seen: { _, _ in seen },
        predictsRatings: false)
    }
    let right = try #require(agreement(pairs))
    #expect(right.value == 1 && right.rows > 300)
    let wrong = try #require(agreement(TasteShop.exchanged(pairs)))
    #expect(wrong.lower < 0.5 && wrong.upper > 0.5 && wrong.upper < 0.65, "\(wrong)")
    #expect(agreement(Array(pairs.prefix(50))) == nil && agreement(pairs, seen: true) == nil)
  }

  @Test func `items lie in bins of about as many interactions`() {
    let bins = PopularityBins([100, 0, 50, 50, 1, 30, 30, 30, 9])
    #expect(bins.reference.reduce(0, +) == 300 && bins.reference.last == 0)
    #expect(bins.count([0, 0, -1, 1]).reduce(0, +) == 4 && bins.count([-1]).last == 1)
    #expect(bins.count([0]) != bins.count([1]))
  }

  // MARK: - Recommendations

  @Test func `users of a list get what they have not taken, and new ones what is popular`() throws {
    let loop = shop.loop()
    let pairs = TasteShop.pairs(0..<60)
    let candidate = try shop.train(
      loop, [shop.drop("a.csv", TasteShop.text(pairs))], as: "a"
    ).candidate
    let list = try shop.drop("list.csv", "user,note\nu3,x\nnobody,y\nu3,z\nu1,\n")
    let out = shop.folder.appending("out.csv")
    let result = try loop.predict(list, model: candidate, output: out)
    #expect(result.rows == 12 && result.problem == nil)
    let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(lines[0] == ["user", "rank", "item", "score", "model_version"])
    #expect(
      lines.dropFirst().map { $0[0] } == ["u3", "nobody", "u1"].flatMap { [$0, $0, $0, $0] })
    let service = try RecommenderPredictor(
      folder: "\(candidate)/run", pool: WorkerPool(threads: 1))
    for (user, start) in [("u3", 1), ("u1", 9)] {
      let expected = try service.predict(
        RecommendationQuery(.user(user), k: 4, includesSeen: false))
      for (rank, item) in expected.enumerated() {
        let line = lines[start + rank]
        #expect(line[1] == "\(rank + 1)" && line[2] == item.id && Float(line[3]) == item.score)
        #expect(line[4] == service.model.version)
      }
    }
    #expect(lines[5...8].allSatisfy { $0[3] == "" } && Set(lines[5...8].map { $0[2] }).count == 4)
    let bad = try shop.drop("bad.csv", "person\nu1\n")
    #expect(
      try loop.predict(bad, model: candidate, output: out).problem?.contains("'user'") == true)
  }
}
