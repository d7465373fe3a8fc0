// FNV-1a against the examples of its authors (isthe.com/chongo/tech/comp/fnv).

import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct ByteHashTests {
  @Test(
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
  func `the published hashes are found`(text: String, hash: UInt64) {
    #expect(text.utf8.fnv1a == hash)
    #expect(Array(text.utf8).fnv1a == hash)
  }
}
