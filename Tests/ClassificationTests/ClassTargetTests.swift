// Which class means churn, and which targets are refused.
import Tables
import TestSupport
import Testing

@testable import Classification
@testable import LearningTasks

@Suite(.onOwnThread) struct ClassTargetTests {
  @Test(arguments: [
    (["Yes", "No", "No"], "Yes"), (["no", "no", "yes"], "yes"), (["True", "False"], "True"),
    (["stayed", "churned", "churned"], "churned"), (["a", "b", "b"], "a"), (["a", "b"], "b"),
    ([">50K", "<=50K", "<=50K"], ">50K"),
  ])
  func `the positive class is found by name, else the rarer one`(cells: [String], positive: String)
    throws
  {
    let target = try ClassTarget(Self.column(cells), positive: nil, data: "t.csv")
    #expect(target.positive == positive)
    #expect(target.labels == cells.map { $0 == positive ? 1 : 0 })
    #expect(Set([target.positive, target.negative]) == Set(cells))
  }

  @Test func `numbers are classes too`() throws {
    let column = Column(name: "churn", values: .number(NumberColumn([0, 1, 1, 0, 1])))
    let target = try ClassTarget(column, positive: nil, data: "t.csv")
    #expect(target.positive == "1" && target.negative == "0")
    #expect(target.labels == [0, 1, 1, 0, 1])
    #expect(try ClassTarget(column, positive: "0.0", data: "t.csv").labels == [1, 0, 0, 1, 0])
  }

  @Test(arguments: [
    ([0.0, 1, 1], "1", false), ([-1, 1, 1], "1", false), ([1, 2, 2], "1", true),
    ([1, 1, 2], "2", true), ([0, 2, 2], "0", true),
  ])
  func `of two numbers 1 is telling beside 0 and -1 only`(
    cells: [Double], positive: String, isGuess: Bool
  ) throws {
    let column = Column(name: "churn", values: .number(NumberColumn(cells)))
    let target = try ClassTarget(column, positive: nil, data: "t.csv")
    #expect(target.positive == positive && target.isGuess == isGuess)
    #expect((target.reason == "the rarer class") == isGuess)
    #expect(try !ClassTarget(column, positive: positive, data: "t.csv").isGuess)
  }

  @Test func `a class that is not there is refused`() {
    #expect(
      throws: TaskError.noSuchClass(
        name: "Maybe", column: "c", classes: ["No", "Yes"], data: "t.csv")
    ) { try ClassTarget(Self.column(["Yes", "No"]), positive: "Maybe", data: "t.csv") }
  }

  @Test(arguments: [["a", "a"], ["a", "b", "c"]])
  func `one class and three classes are refused`(cells: [String]) {
    #expect(
      throws: TaskError.notTwoClasses(
        column: "c", classes: Set(cells).sorted(), count: Set(cells).count, data: "t.csv")
    ) { try ClassTarget(Self.column(cells), positive: nil, data: "t.csv") }
  }

  @Test func `missing cells are counted and the first one is named`() {
    #expect(
      throws: TaskError.missingLabels(column: "c", count: 2, firstRow: 2, data: "t.csv")
    ) { try ClassTarget(Self.column(["a", nil, "b", nil]), positive: nil, data: "t.csv") }
  }

  @Test func `other data must use the same classes`() throws {
    let known = try ClassTarget(
      Self.column(["No", "Yes", "No"]), positive: "Yes", negative: "No", data: "t.csv")
    #expect(known.labels == [0, 1, 0])
    #expect(
      throws: TaskError.unknownLabel(
        label: "Perhaps", row: 2, column: "c", classes: ["No", "Yes"], data: "t.csv")
    ) {
      try ClassTarget(
        Self.column(["No", "Perhaps"]), positive: "Yes", negative: "No", data: "t.csv")
    }
  }

  private static func column(_ cells: [String?]) -> Column {
    Column(name: "c", values: .category(CategoryColumn(cells)))
  }
}
