// How many rows of a class a labelled file of the loop may have.
import TestSupport
import Testing

@testable import Classification

@Suite(.onOwnThread) struct LabelCountTests {
  private func problem(positives: Int, of rows: Int, expected: Double) -> String? {
    ClassifierLoop<ChurnPreset>.countProblem(
      (0..<rows).map { $0 < positives }, [Double](repeating: expected, count: rows))
  }

  @Test func `a file of one class is not what a champion expects that knows two`() {
    #expect(
      problem(positives: 0, of: 5_000, expected: 0.27)
        == "0 of 5000 rows are positive, expected about 1350, as the champion predicts them")
    #expect(problem(positives: 5_000, of: 5_000, expected: 0.27) != nil)
    #expect(problem(positives: 300, of: 5_000, expected: 0.27) != nil)
  }

  @Test func `a share that moves, and one that chance can make, are no problem`() {
    #expect(problem(positives: 700, of: 5_000, expected: 0.27) == nil)
    #expect(problem(positives: 3_000, of: 5_000, expected: 0.27) == nil)
    #expect(problem(positives: 0, of: 100, expected: 0.05) == nil)
    #expect(problem(positives: 0, of: 5_000, expected: 0) == nil)
  }
}
