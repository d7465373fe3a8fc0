// The few strongest of many items that come in any order.

/// The items of greatest strength so far; of equal strengths the lower item is the stronger.
struct StrongestItems {
  /// The most items that are kept.
  private let limit: Int
  /// The bits of the strength, which order numbers of at least 0, above those of the item, turned
  /// round: a heap whose first element is the weakest.
  private var keys: [UInt64] = []

  init(limit: Int) {
    self.limit = limit
    keys.reserveCapacity(limit)
  }

  /// Whether an item would be kept.
  ///
  /// - Precondition: the strength is at least 0 and not NaN.
  func wouldKeep(_ item: Int32, strength: Float) -> Bool {
    keys.count < limit || (limit > 0 && Self.key(item, strength) > keys[0])
  }

  /// Keeps an item that has not come before, if it is strong enough.
  mutating func offer(_ item: Int32, strength: Float) {
    let key = Self.key(item, strength)
    if keys.count < limit {
      keys.append(key)
      rise()
    } else if limit > 0, key > keys[0] {
      keys[0] = key
      sink()
    }
  }

  /// Hands out the items, strongest first, and starts anew.
  mutating func drain() -> [Int32] {
    keys.sort(by: >)
    defer { keys.removeAll(keepingCapacity: true) }
    return keys.map { Int32(bitPattern: ~UInt32(truncatingIfNeeded: $0)) }
  }

  private static func key(_ item: Int32, _ strength: Float) -> UInt64 {
    UInt64(strength.bitPattern) << 32 | UInt64(~UInt32(bitPattern: item))
  }

  private mutating func rise() {
    var place = keys.count - 1
    while place > 0, keys[place] < keys[(place - 1) / 2] {
      keys.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink() {
    var place = 0
    while 2 * place + 1 < keys.count {
      var child = 2 * place + 1
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      guard keys[child] < keys[place] else { return }
      keys.swapAt(place, child)
      place = child
    }
  }
}
