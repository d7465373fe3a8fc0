// How many rows of interactions are computed at a time.

import TestSupport
import Testing

@testable import Tabular

@Suite(.onOwnThread) struct PredictionInteractionsTests {
  @Test func `the values of a block of rows are bounded by memory`() {
    let megabyte = 1_048_576
    func bytes(_ pairs: Int) -> Int { 8 * pairs * PredictionInteractions.blockRows(pairs: pairs) }
    for pairs in [1, 2, 256, 1_000, 32_768] { #expect(bytes(pairs) <= 32 * megabyte) }
    // Two thousand columns, each two of which some path joins.
    for pairs in [32_769, 131_072, 500_000, 2_000 * 1_999 / 2] {
      #expect(bytes(pairs) <= 128 * megabyte)
    }
    for pairs in [3_000_000, 100_000_000] { #expect(bytes(pairs) == 64 * pairs) }
  }

  @Test func `a block has rows for many threads where memory allows it`() {
    #expect(PredictionInteractions.blockRows(pairs: 0) == 16_384)
    #expect(PredictionInteractions.blockRows(pairs: 100_000) == 128)
  }
}
