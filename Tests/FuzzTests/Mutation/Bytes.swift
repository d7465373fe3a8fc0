// Damage that knows nothing of a format.
import NumericCore

extension [UInt8] {
  /// The bytes after one to four changes.
  func mutatedBytes(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = self
    for _ in 0...random.index(4) {
      guard !bytes.isEmpty else { return [0] }
      let place = random.index(bytes.count)
      let length = Swift.min(1 + random.index(random.one(of: [1, 8, 64])), bytes.count - place)
      switch random.index(8) {
      case 0: bytes[place] ^= 1 << UInt8(random.index(8))
      case 1: bytes[place] = random.one(of: [0, 1, 9, 10, 13, 34, 46, 91, 92, 127, 128, 255])
      case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 3: bytes.removeSubrange(place..<place + length)
      case 4:
        bytes.insert(contentsOf: bytes[place..<place + length], at: random.index(bytes.count))
      case 5: bytes.removeLast(bytes.count - place)
      case 6:
        bytes.insert(
          contentsOf: repeatElement(
            random.one(of: [0, 32, 46, 91, 123, 34]), count: random.one(of: [1, 20, 5_000])),
          at: place)
      default: bytes.swapAt(place, random.index(bytes.count))
      }
    }
    return bytes
  }
}
