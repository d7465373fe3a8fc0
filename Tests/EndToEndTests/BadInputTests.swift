// Bad data end in two lines and the right exit code, and leave nothing behind.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct BadInputTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// Trains on a table that must be refused, and returns what was said.
  private func refused(
    _ data: String, code: Int32 = 3, target: String = "churn", _ more: [String] = [],
    location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let before = try workshop.contents()
    let result = try Program.run(
      ["train", "churn", "--data", data, "--target", target, "--out", workshop.path("m")] + more)
    #expect(result.code == code, "\(result.errors)", sourceLocation: location)
    #expect(result.errorLines.count == 2, "\(result.errors)", sourceLocation: location)
    #expect(result.errors.hasPrefix("mlcore: "), sourceLocation: location)
    #expect(result.output.isEmpty, sourceLocation: location)
    #expect(try workshop.contents() == before, "something was left", sourceLocation: location)
    return result.errors
  }

  @Test func `a missing file`() throws {
    let errors = try refused(workshop.path("nowhere.csv"), code: 4)
    #expect(errors.contains("nowhere.csv"))
  }

  @Test(arguments: ["", "\n", "a,b,churn\n", "a,b,churn"])
  func `an empty file and a header only`(text: String) throws {
    #expect(try refused(workshop.file("t.csv", text)).contains("t.csv"))
  }

  @Test func `a ragged row is named by its line`() throws {
    let errors = try refused(workshop.file("t.csv", "a,churn\n1,0\n2,1\n3,1,9\n4,0\n"))
    #expect(errors.contains("line 4"))
  }

  @Test func `a target that does not exist comes with a suggestion`() throws {
    let errors = try refused(workshop.customers(), target: "Chrun")
    #expect(errors.contains("Chrun") && errors.contains("Did you mean 'churn'?"))
  }

  @Test func `a target of one class, and of three`() throws {
    let one = try refused(workshop.file("one.csv", "a,churn\n1,0\n2,0\n3,0\n"))
    #expect(one.contains("1 class") && one.contains("expected 2"))
    let three = try refused(workshop.file("three.csv", "a,churn\n1,x\n2,y\n3,z\n4,x\n"))
    #expect(three.contains("3 classes") && three.contains("'x', 'y', 'z'"))
  }

  @Test func `missing cells of the target are counted, and the first row is named`() throws {
    let errors = try refused(workshop.file("t.csv", "a,churn\n1,yes\n2,\n3,no\n4,\n"))
    #expect(errors.contains("2 missing cells") && errors.contains("row 2"))
  }

  @Test func `a positive class that is not there`() throws {
    let errors = try refused(workshop.customers(), ["--positive", "Maybe"])
    #expect(errors.contains("'Maybe'") && errors.contains("'No' and 'Yes'"))
  }

  @Test func `nothing but columns of one value`() throws {
    let errors = try refused(workshop.file("t.csv", "a,b,churn\n1,,0\n1,,1\n1,,0\n1,,1\n"))
    #expect(errors.contains("no column is left"))
  }

  @Test func `two columns of one name`() throws {
    #expect(try refused(workshop.file("t.csv", "a,a,churn\n1,2,0\n3,4,1\n")).contains("'a'"))
  }

  @Test(arguments: ["inf", "-inf", "Infinity", "1e999"])
  func `an infinity is named by its column and row`(cell: String) throws {
    let errors = try refused(
      workshop.file("t.csv", "a,b,churn\n1,5,0\n2,\(cell),1\n3,6,0\n4,7,1\n"))
    #expect(errors.contains("'b'") && errors.contains("row 2") && errors.contains("infinite"))
  }

  @Test func `a line of ten megabytes`() throws {
    let long = String(repeating: "x", count: 10_000_000)
    let errors = try refused(workshop.file("t.csv", "a,churn\n1,0\n\(long)\n2,1\n"))
    #expect(errors.utf8.count < 1_000, "the line itself is not repeated")
    #expect(errors.contains("t.csv"))
  }

  @Test func `bytes that are not UTF-8`() throws {
    let data = Data("a,churn\n1,0\n".utf8) + Data([0x63, 0xFF, 0xFE]) + Data(",1\n".utf8)
    #expect(try refused(workshop.bytes("t.csv", data)).contains("UTF-8"))
  }

  @Test func `a Parquet file cut short`() throws {
    let model = try workshop.train(workshop.customers())
    let whole = workshop.path("p.parquet")
    let made = try Program.run([
      "predict", "--model", model, "--data", workshop.path("customers.csv"), "--out", whole,
    ])
    #expect(made.code == 0)
    let bytes = try Data(contentsOf: URL(filePath: whole))
    for count in [bytes.count / 2, bytes.count - 1, 6] {
      let cut = try workshop.bytes("cut.parquet", bytes.prefix(count))
      #expect(try refused(cut, target: "churn_label").contains("cut.parquet"))
    }
  }

  @Test func `an identifier or a column to drop that does not exist`() throws {
    let data = try workshop.customers()
    for flag in ["--id", "--drop", "--categorical"] {
      let errors = try refused(data, [flag, "tenuer"])
      #expect(errors.contains("tenuer") && errors.contains("'tenure'"), "\(flag): \(errors)")
    }
  }

  @Test func `too few rows of a class for the folds`() throws {
    var text = "a,churn\n"
    for row in 0..<30 { text += "\(row),\(row < 3 ? 1 : 0)\n" }
    let errors = try refused(workshop.file("t.csv", text), ["--folds", "5"])
    #expect(errors.contains("3 '1'") && errors.contains("10"))
  }

  @Test func `predict and evaluate name a missing column`() throws {
    let model = try workshop.train(workshop.customers())
    let data = try workshop.file("new.csv", "id,charge,plan,churn\nN1,3,plus,Yes\n")
    for arguments in [
      ["predict", "--model", model, "--data", data, "--out", workshop.path("p.csv")],
      ["evaluate", "--model", model, "--data", data],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 3 && result.errorLines.count == 2, "\(result.errors)")
      #expect(result.errors.contains("'tenure'"))
    }
    #expect(!FileManager.default.fileExists(atPath: workshop.path("p.csv")))
  }

  @Test func `predict names a cell that is not of the column's kind`() throws {
    let model = try workshop.train(workshop.customers())
    let data = try workshop.file(
      "new.csv", "id,tenure,charge,plan\nN1,3,4,plus\nN2,many,4,plus\n")
    let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    #expect(result.code == 3 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("'many'") && result.errors.contains("'tenure'"))
    #expect(result.output.isEmpty)
  }

  @Test func `evaluate names a label that the model does not know`() throws {
    let model = try workshop.train(workshop.customers())
    let data = try workshop.file(
      "new.csv", "id,tenure,charge,plan,churn\nN1,3,4,plus,Yes\nN2,3,4,plus,Perhaps\n")
    let result = try Program.run(["evaluate", "--model", model, "--data", data])
    #expect(result.code == 3 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("'Perhaps'") && result.errors.contains("row 2"))
  }
}
