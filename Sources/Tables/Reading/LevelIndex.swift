// Numbers byte strings in the order of their first appearance.

/// The distinct strings seen so far; an open-addressing hash table over an arena of bytes.
struct LevelIndex {
  private var arena: [UInt8] = []
  /// The start of each string in the arena, and at the end the end of the last.
  private var starts: [Int] = [0]
  private var hashes: [UInt64] = []
  /// Indices of strings, or -1; a power of two of them, at most half of them used.
  private var slots = [Int32](repeating: -1, count: 16)

  /// The number of distinct strings.
  var count: Int { hashes.count }

  /// The index of a string, which is added if it is new.
  mutating func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if hashes[index] == hash && isEqual(index, bytes) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let index = Int32(count)
    slots[slot] = index
    hashes.append(hash)
    arena.append(contentsOf: bytes)
    starts.append(arena.count)
    if count * 2 > slots.count { grow() }
    return index
  }

  /// The index of a Swift string, which is added if it is new.
  mutating func intern(_ string: String) -> Int32 {
    var string = string
    return string.withUTF8 { intern($0) }
  }

  /// The strings, by index.
  func levels() -> [String] {
    (0..<count).map { String(decoding: arena[starts[$0]..<starts[$0 + 1]], as: UTF8.self) }
  }

  private func isEqual(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[index]
    guard starts[index + 1] - start == bytes.count else { return false }
    for offset in 0..<bytes.count where arena[start + offset] != bytes[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }

  /// Eight bytes at a time through a multiplication and a fold of its two halves.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var state = UInt64(bytes.count) &+ 0x9E37_79B9_7F4A_7C15
    var index = 0
    while index < bytes.count {
      var word: UInt64 = 0
      for offset in 0..<min(8, bytes.count - index) {
        word |= UInt64(bytes[index + offset]) << UInt64(8 * offset)
      }
      let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      state = product.high ^ product.low &+ 0x9E37_79B9_7F4A_7C15
      index += 8
    }
    return state ^ state >> 32
  }
}
