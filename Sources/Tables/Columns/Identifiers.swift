// What names users and items: strings, or integers where every one of them is written as one.

/// Identifiers of rows, all of one type.
public enum Identifiers: Sendable, Equatable {
  /// Any strings.
  case text([String])
  /// Integers.
  case integers([Int64])

  /// Takes strings for integers if each is the decimal text of one, so that none of them changes: a
  /// leading zero or plus makes all of them text.
  public init(_ strings: [String]) {
    var integers: [Int64] = []
    integers.reserveCapacity(strings.count)
    for string in strings {
      guard let integer = Int64(string), String(integer) == string else {
        self = .text(strings)
        return
      }
      integers.append(integer)
    }
    self = strings.isEmpty ? .text([]) : .integers(integers)
  }

  /// How many there are.
  public var count: Int {
    switch self {
    case .text(let strings): strings.count
    case .integers(let integers): integers.count
    }
  }

  /// The identifier of a row as text.
  public subscript(row: Int) -> String {
    switch self {
    case .text(let strings): strings[row]
    case .integers(let integers): String(integers[row])
    }
  }
}
