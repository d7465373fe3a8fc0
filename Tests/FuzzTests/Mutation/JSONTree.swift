// JSON as a tree that keeps what decoders forget: the order of keys, keys that occur twice, and the
// spelling of numbers.
import NumericCore

/// A part of a JSON text.
indirect enum JSONTree {
  /// A number, a string or a word, as it is written; also what is none of them.
  case leaf(String)
  case list([JSONTree])
  /// Keys are written with their quotes.
  case object([(key: String, value: JSONTree)])

  /// Reads a text that is JSON.
  init(_ text: String) {
    var rest = Array(text.utf8)[...]
    self.init(&rest)
  }

  private init(_ rest: inout ArraySlice<UInt8>) {
    Self.skipSpace(&rest)
    switch rest.first {
    case UInt8(ascii: "["):
      var items: [JSONTree] = []
      rest.removeFirst()
      while Self.goesOn(&rest, until: UInt8(ascii: "]")) { items.append(JSONTree(&rest)) }
      self = .list(items)
    case UInt8(ascii: "{"):
      var members: [(key: String, value: JSONTree)] = []
      rest.removeFirst()
      while Self.goesOn(&rest, until: UInt8(ascii: "}")) {
        let key = Self.word(&rest)
        Self.skipSpace(&rest)
        rest = rest.dropFirst()
        members.append((key, JSONTree(&rest)))
      }
      self = .object(members)
    default: self = .leaf(Self.word(&rest))
    }
  }

  /// Whether another item comes before the end, which is passed over.
  private static func goesOn(_ rest: inout ArraySlice<UInt8>, until end: UInt8) -> Bool {
    while let byte = rest.first, byte <= 0x20 || byte == UInt8(ascii: ",") { rest.removeFirst() }
    guard let byte = rest.first, byte != end else {
      rest = rest.dropFirst()
      return false
    }
    return true
  }

  private static func skipSpace(_ rest: inout ArraySlice<UInt8>) {
    rest = rest.drop { $0 <= 0x20 }
  }

  private static func word(_ rest: inout ArraySlice<UInt8>) -> String {
    var length = 0
    if rest.first == UInt8(ascii: "\"") {
      var isEscaped = false
      for (index, byte) in rest.dropFirst().enumerated() {
        if byte == UInt8(ascii: "\""), !isEscaped {
          length = index + 2
          break
        }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      }
    } else {
      length = rest.prefix { !",]}: \n".utf8.contains($0) }.count
    }
    defer { rest = rest.dropFirst(length) }
    return String(decoding: rest.prefix(length), as: UTF8.self)
  }

  /// The text.
  var text: String {
    switch self {
    case .leaf(let word): word
    case .list(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\($0.key):\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }

  /// The number of parts, this one included.
  var count: Int {
    switch self {
    case .leaf: 1
    case .list(let items): items.reduce(1) { $0 + $1.count }
    case .object(let members): members.reduce(1) { $0 + $1.value.count }
    }
  }

  /// The part of a number, counted from this one on.
  func part(_ number: Int) -> JSONTree {
    guard number > 0 else { return self }
    var left = number - 1
    for child in children {
      if left < child.count { return child.part(left) }
      left -= child.count
    }
    return self
  }

  private var children: [JSONTree] {
    switch self {
    case .leaf: []
    case .list(let items): items
    case .object(let members): members.map(\.value)
    }
  }

  /// The tree with the part of a number changed.
  func changing(_ number: Int, _ change: (JSONTree) -> JSONTree) -> JSONTree {
    guard number > 0 else { return change(self) }
    var left = number - 1
    func next(_ child: JSONTree) -> JSONTree {
      defer { left -= child.count }
      return (0..<child.count).contains(left) ? child.changing(left, change) : child
    }
    switch self {
    case .leaf: return self
    case .list(let items): return .list(items.map(next))
    case .object(let members): return .object(members.map { ($0.key, next($0.value)) })
    }
  }
}

extension JSONTree {
  /// Values that decoders are often wrong about.
  private static let strange = [
    "null", "true", "false", "0", "-1", "1", "2", "7", "0.5", "-0.0", "1e300", "-1e300", "1e-320",
    "1e400", "255", "256", "65536", "4294967296", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "\"\"", "\"x\"", "\"NaN\"", "\"1\"", "\"\\u0000\"", "\"text\"",
    "\"number\"", "\"category\"", "\"timestamp\"", "\"e\\u0301\"", "\"\\u00e9\"", "\"../x\"", "[]",
    "{}", "[[]]", "[null]", "{\"\":0}", "[0]", "nan", "",
  ]

  /// The tree after one to three changes.
  func mutated(_ random: inout SeededGenerator) -> JSONTree {
    var tree = self
    for _ in 0...random.index(3) {
      let (count, other) = (tree.count, tree.part(random.index(tree.count)))
      let whole = tree
      tree = tree.changing(random.index(count)) {
        $0.mutatedHere(&random, other: other, whole: whole)
      }
    }
    return tree
  }

  private func mutatedHere(
    _ random: inout SeededGenerator, other: JSONTree, whole: JSONTree
  ) -> JSONTree {
    switch (random.index(8), self) {
    case (0, _): return other
    case (1, _) where random.once(in: 4):
      let depth = random.one(of: [1, 2, 63, 64, 65, 600, 100_000])
      return .leaf(
        String(repeating: "[", count: depth) + text + String(repeating: "]", count: depth))
    case (2...6, .object(var members)) where !members.isEmpty:
      let (one, two) = (random.index(members.count), random.index(members.count))
      switch random.index(5) {
      case 0: members.remove(at: one)
      case 1: members.append(members[one])
      case 2: members[one].key = random.one(of: [members[two].key, "\"x\"", "\"\""])
      case 3: members[one].value = members[two].value
      default:
        (members[one].value, members[two].value) = (members[two].value, members[one].value)
      }
      return .object(members)
    case (2...6, .list(var items)) where !items.isEmpty:
      let (one, two) = (random.index(items.count), random.index(items.count))
      switch random.index(5) {
      case 0: items.remove(at: one)
      case 1: items.insert(items[one], at: two)
      case 2: items[one] = items[two]
      case 3: items.swapAt(one, two)
      default: items.append(other)
      }
      return .list(items)
    default: return .leaf(random.one(of: Self.strange))
    }
  }
}
