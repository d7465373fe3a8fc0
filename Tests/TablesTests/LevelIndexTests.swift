// The hash table of levels against a dictionary.

import NumericCore
import TestSupport
import Testing

@testable import Tables

@Suite(.onOwnThread) struct LevelIndexTests {
  @Test(arguments: [0, 1, 2, 100, 5_000])
  func `numbers strings as a dictionary does`(_ count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    var index = LevelIndex()
    var twin: [String: Int32] = [:]
    var order: [String] = []
    for _ in 0..<count {
      let length = Int(random.next() % 20)
      let string = String((0..<length).map { _ in random.next() % 2 == 0 ? "a" : "é" })
      if twin[string] == nil {
        twin[string] = Int32(order.count)
        order.append(string)
      }
      #expect(index.intern(string) == twin[string])
    }
    #expect(index.levels() == order)
  }
}
