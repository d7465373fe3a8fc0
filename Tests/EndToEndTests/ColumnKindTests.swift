// The kinds of columns: what is chosen, what is said about it, and what decides it; and that tables
// of other formats and spellings mean the same to a model.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ColumnKindTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A table of one column whose cells decide, with a label.
  private func table(_ name: String, rows: Int = 200, _ cell: (Int) -> String) throws -> String {
    try workshop.file(
      name,
      "id,k,churn\n"
        + (0..<rows).map { "\($0),\(cell($0 % 5)),\($0 % 5 < 2 && $0 % 7 > 0 ? "Yes" : "No")\n" }
        .joined())
  }

  private func run(_ verb: String, _ model: String, _ data: String) throws -> ProgramResult {
    try Program.run(
      [verb, "--model", model, "--data", data] + (verb == "predict" ? ["--out", "-"] : []))
  }

  @Test func `a boolean and a whole number mean the same however they are spelled`() throws {
    let booleans = try workshop.train(try table("b.csv") { $0 < 2 ? "True" : "False" }, out: "b")
    let numbers = try workshop.train(
      try table("n.csv") { "\($0)" }, out: "n", ["--categorical", "k"])
    for (model, same, other) in [
      (
        booleans, try table("sql.csv") { $0 < 2 ? "true" : "false" },
        try table("excel.csv") { $0 < 2 ? "TRUE" : "FALSE" }
      ),
      (numbers, try table("float.csv") { "\($0).0" }, try table("decimal.csv") { "\($0).00" }),
    ] {
      let name = String(model.suffix(1))
      let expected = try run("predict", model, workshop.path("\(name).csv"))
      for data in [same, other] {
        let found = try run("predict", model, data)
        #expect(found.code == 0 && found.output == expected.output, "\(found.errors)")
        #expect(!found.errors.contains("never seen"), "\(found.errors)")
        #expect(try run("evaluate", model, data).code == 0)
      }
    }
  }

  @Test func `labels keep their spelling, and other spellings are the same class`() throws {
    func labelled(_ name: String, _ yes: String, _ no: String) throws -> String {
      try workshop.file(
        name, "a,churn\n" + (0..<120).map { "\($0 % 40),\($0 % 40 < 15 ? yes : no)\n" }.joined())
    }
    let data = try labelled("t.csv", "True", "False")
    let trained = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--positive", "true",
      "--num-trees", "50", "--out", workshop.path("m"),
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(try run("predict", workshop.path("m"), data).output.contains(",True,"))
    let other = try run("evaluate", workshop.path("m"), labelled("sql.csv", "true", "false"))
    #expect(other.code == 0 && other.output.contains("45 positive"), "\(other.errors)")
  }

  @Test func `categories that are new in most rows are a warning, in all rows an error`() throws {
    let model = try workshop.train(try table("t.csv") { "k\($0)" })
    let most = try table("most.csv") { $0 < 1 ? "k0" : "n\($0)" }
    let all = try table("all.csv") { "n\($0)" }
    for verb in ["predict", "evaluate"] {
      let warned = try run(verb, model, most)
      #expect(warned.code == 0, "\(warned.errors)")
      #expect(
        warned.errorLines.contains {
          $0.contains("warning") && $0.contains("'k'") && $0.contains("160 rows (80.0 %)")
            && $0.contains("'n1'")
        }, "\(warned.errors)")
      let refused = try run(verb, model, all)
      #expect(refused.code == 3 && refused.output.isEmpty && refused.errorLines.count == 2)
      for fact in ["all.csv", "'k'", "'n0'", "'k0'"] {
        #expect(refused.errors.contains(fact), "\(fact): \(refused.errors)")
      }
    }
    // A single row says too little of the table.
    let one = try run("predict", model, try workshop.file("one.csv", "id,k\n1,new\n"))
    #expect(one.code == 0 && one.errors.contains("warning"), "\(one.errors)")
  }

  @Test func `doubtful kinds are noted with their cell, and flags decide`() throws {
    var text = "id;code;since;charge;seen;churn\n"
    for row in 0..<200 {
      let day = row % 28 + 1
      let seen = row == 6 ? "n.v." : "\(row * 37 % 61)"
      text +=
        "\(row);\(row % 3 == 0 ? "0" : "")\(row % 50 + 100);\(day)/10/20\(10 + row % 9);"
        + "\(row % 11),5;\(seen);\(row % 11 < 4 ? 1 : 0)\n"
    }
    let data = try workshop.file("t.csv", text)
    let flags = ["--data", data, "--target", "churn", "--id", "id", "--num-trees", "5", "--json"]
    let plain = try Program.run(
      ["train", "churn", "--out", workshop.path("plain")] + flags)
    #expect(plain.code == 0, "\(plain.errors)")
    for note in [
      "'code' is a category: a number would lose the leading zeros of '0100' (line 2); --numeric code",
      "'since' is a category", "'1/10/2010' (line 2); --date 'since=%d/%m/%Y' reads them",
      "'charge' is a category: numbers have a decimal comma: '0,5' (line 2); --decimal ,",
      "'seen' is a category: 199 of 200 values are numbers, but 'n.v.' (line 8) is not",
    ] {
      #expect(plain.errors.contains(note), "\(note) is not in: \(plain.errors)")
    }
    func kinds(_ result: ProgramResult) throws -> [String: [String: Any]] {
      let columns = try #require(result.json()["column_kinds"] as? [[String: Any]])
      return Dictionary(uniqueKeysWithValues: columns.map { ($0["name"] as? String ?? "", $0) })
    }
    let names: Set = ["id", "code", "since", "charge", "seen", "churn"]
    #expect(try Set(kinds(plain).keys) == names)
    let decided = try Program.run(
      [
        "train", "churn", "--out", workshop.path("m"), "--numeric", "code", "--date",
        "since=%d/%m/%Y", "--decimal", ",", "--drop", "seen",
      ] + flags)
    #expect(decided.code == 0 && !decided.errors.contains("is a category"), "\(decided.errors)")
    let inspected = try kinds(Program.run(["inspect", workshop.path("m"), "--json"]))
    #expect(try NSDictionary(dictionary: kinds(decided)).isEqual(to: inspected))
    #expect(inspected["code"]?["kind"] as? String == "number")
    #expect(inspected["code"]?["reason"] as? String == "asked for")
    #expect(inspected["since"]?["kind"] as? String == "timestamp")
    #expect(inspected["since"]?["reason"] as? String == "asked for (%d/%m/%Y)")
    #expect(inspected["charge"]?["kind"] as? String == "number")
    #expect(inspected["id"]?["role"] as? String == "id")
    #expect(inspected["churn"]?["role"] as? String == "target")
    #expect(inspected["seen"]?["role"] as? String == "dropped")
    // Prediction reads as training did, and run.toml repeats it.
    let predicted = try run("predict", workshop.path("m"), data)
    #expect(predicted.code == 0, "\(predicted.errors)")
    let bad = try run(
      "predict", workshop.path("m"),
      try workshop.file("bad.csv", "id;code;since;charge\n1;0100;2010-10-01;1,5\n"))
    #expect(bad.code == 3 && bad.errors.contains("found '2010-10-01'"), "\(bad.errors)")
    let again = try Program.run([
      "train", "--config", workshop.path("m/run.toml"), "--out", workshop.path("again"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try workshop.files(of: "again") == workshop.files(of: "m"))
    let continued = try Program.run(
      ["train", "churn", "--out", workshop.path("more"), "--continue-from", workshop.path("m")]
        + flags)
    #expect(continued.code == 0, "\(continued.errors)")
    #expect(try run("predict", workshop.path("more"), data).code == 0)
    let text2 = try Program.run(["inspect", workshop.path("m")]).output
    #expect(text2.contains("asked for (%d/%m/%Y)"), "\(text2)")
  }

  @Test func `flags about kinds are checked before anything is read`() throws {
    let data = try workshop.customers()
    for (flags, fact) in [
      (["--date", "tenure"], "data.date is 'tenure'"),
      (["--date", "tenure=DD/MM/YYYY"], "%d/%m/%Y"), (["--decimal", ";"], "data.decimal"),
      (["--numeric", "tenure", "--categorical", "tenure"], "--numeric"),
      (["--numeric", "tenure", "--date", "tenure=%m/%Y"], "--date"),
      (["--date", "tenure=%m/%Y", "--drop", "tenure"], "--drop"),
    ] {
      let result = try Program.run(
        ["train", "churn", "--data", data, "--target", "churn", "--out", workshop.path("m")]
          + flags)
      #expect(result.code == 2 && result.errorLines.count == 2, "\(flags): \(result.errors)")
      #expect(result.errors.contains(fact), "\(fact): \(result.errors)")
    }
    let unknown = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--numeric", "tenur", "--out",
      workshop.path("m"),
    ])
    #expect(unknown.code == 3 && unknown.errors.contains("'tenure'"), "\(unknown.errors)")
  }

  @Test func `large whole numbers that doubles do not tell apart are no constant`() throws {
    var text = "a,big,churn\n"
    for row in 0..<120 {
      text += "\(row % 40),1844674407370955161\(row % 2),\(row % 40 < 15 ? 1 : 0)\n"
    }
    let result = try Program.run([
      "train", "churn", "--data", workshop.file("t.csv", text), "--target", "churn",
      "--num-trees", "5", "--out", workshop.path("m"),
    ])
    #expect(result.code == 0 && !result.output.contains("same value"), "\(result.errors)")
    #expect(result.output.contains("53 bits"), "\(result.output)")
  }

  @Test func `a missing identifier is shown as it is written`() throws {
    let rows = (0..<30).map { "u\($0 % 6),i\($0 % 5),\($0 % 4 + 1)\n" }.joined()
    for (cell, fact) in [("NA", "'NA', which stands for a missing value"), ("", "is empty")] {
      let data = try workshop.file("r.csv", "user,item,rating\n\(rows)\(cell),i1,3\n")
      let result = try Program.run([
        "train", "recommender", "--data", data, "--epochs", "1", "--out", workshop.path("r"),
      ])
      #expect(result.code == 3 && result.errors.contains("row 31 of 'user'"), "\(result.errors)")
      #expect(result.errors.contains(fact), "\(result.errors)")
    }
  }
}
