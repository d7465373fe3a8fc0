// The rows that early stopping validates on.
import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct ValidationSplitTests {
  private let rows = (0..<600).map(Int32.init).filter { $0 % 5 != 0 }
  private let labels = (0..<600).map { $0 / 3 % 4 == 0 ? 1.0 : 0 }

  @Test func `rows that belong together are not divided`() throws {
    let groups = try #require(RowGroups(joining: [(0..<600).map { Int32($0 / 3 * 3) }]))
    let parts = ValidationSplit.divide(
      rows: rows, labels: labels, groups: groups, fraction: 0.2, isStratified: true,
      random: CounterRandom(seed: 1))
    #expect((parts.training + parts.validation).sorted() == rows)
    #expect(parts.validation == parts.validation.sorted())
    let learnt = Set(parts.training.map { groups.leaders[Int($0)] })
    #expect(parts.validation.allSatisfy { !learnt.contains(groups.leaders[Int($0)]) })
    #expect(abs(parts.validation.count - 96) <= 3)
    #expect(abs(parts.validation.count { labels[Int($0)] == 1 } - 24) <= 3)
  }

  @Test func `one group of all rows is divided, as nothing could be validated otherwise`() throws {
    let all = RowGroups(joining: [[Int32](repeating: 0, count: 600)])
    let random = CounterRandom(seed: 1)
    let parts = ValidationSplit.divide(
      rows: rows, labels: labels, groups: all, fraction: 0.2, isStratified: true, random: random)
    let usual = ValidationSplit.divide(
      rows: rows, labels: labels, fraction: 0.2, isStratified: true, random: random)
    #expect(parts == usual)
  }
}
