// Why a column has its kind, as facts about its cells and their words.

/// A cell that decided about the kind of its column.
public struct DecidingCell: Sendable, Equatable {
  /// What is in it, without white space around it.
  public let text: String
  /// Where it is: "line 7", "row 6", "line 7 of b.csv".
  public internal(set) var place = ""
  /// Counts the rows of all files from 0.
  let row: Int

  init(text: String, row: Int) {
    self.text = text
    self.row = row
  }
}

/// Why a column has its kind.
public enum KindReason: Sendable, Equatable {
  /// The caller said so.
  case given
  /// All cells are missing.
  case missing
  /// All cells that are not missing are numbers.
  case numbers
  /// All cells are dates or instants.
  case instants
  /// All cells are true or false.
  case booleans
  /// The writer of the file declared a category.
  case declared
  /// Cells are texts, of which one is named.
  case texts(example: String)
  /// All cells are numbers, and some have leading zeros.
  case leadingZeros(DecidingCell)
  /// At least four fifths of the cells are numbers, or instants, but not all; the first of the others
  /// is named.
  case exceptions(DecidingCell, fitting: Int, of: Int, kind: ColumnKind)
  /// Most cells are dates, but not written as ISO 8601.
  ///
  /// `formats` are those that read all of them; none where they are written in several ways.
  case foreignDates(DecidingCell, formats: [String])
  /// Most cells are numbers, some with a comma before the fraction.
  case decimalCommas(DecidingCell)
  /// Most cells are numbers with a currency, a unit or separators of thousands.
  case markedNumbers(DecidingCell)
}

/// The kind of a column that was read, and why it has it.
public struct ColumnFinding: Sendable, Equatable {
  /// The column.
  public let name: String
  /// Its kind.
  public let kind: ColumnKind
  /// Why.
  public let reason: KindReason
}

extension KindReason {
  /// The cell that decided, if a single one did.
  private var cell: DecidingCell? {
    switch self {
    case .leadingZeros(let cell), .exceptions(let cell, _, _, _), .foreignDates(let cell, _),
      .decimalCommas(let cell), .markedNumbers(let cell):
      cell
    default: nil
    }
  }

  /// Whether the kind may be another one than is wanted.
  public var isDoubtful: Bool { cell != nil }

  /// The same reason with the place of its cell.
  func locating(_ place: (_ row: Int) -> String) -> KindReason {
    guard var cell else { return self }
    cell.place = place(cell.row)
    return switch self {
    case .leadingZeros: .leadingZeros(cell)
    case .exceptions(_, let fitting, let count, let kind):
      .exceptions(cell, fitting: fitting, of: count, kind: kind)
    case .foreignDates(_, let formats): .foreignDates(cell, formats: formats)
    case .decimalCommas: .decimalCommas(cell)
    case .markedNumbers: .markedNumbers(cell)
    default: self
    }
  }
}

extension DecidingCell: CustomStringConvertible {
  /// The cell and its place.
  public var description: String {
    let shown = text.count <= 60 ? text : text.prefix(60) + "..."
    return "'\(shown)' (\(place))"
  }
}

extension KindReason: CustomStringConvertible {
  /// The reason, in words that follow the kind.
  public var description: String {
    switch self {
    case .given: "asked for"
    case .missing: "all cells are missing"
    case .numbers: "all values are numbers"
    case .instants: "all values are dates or times"
    case .booleans: "all values are true or false"
    case .declared: "the file declares a category"
    case .texts(let example):
      "values are texts, such as '\(example.count <= 30 ? example : example.prefix(30) + "...")'"
    case .leadingZeros(let cell): "a number would lose the leading zeros of \(cell)"
    case .exceptions(let cell, let fitting, let count, let kind):
      "\(fitting) of \(count) values are \(kind == .number ? "numbers" : "dates"), but "
        + (count - fitting == 1
          ? "\(cell) is not" : "\(count - fitting) are not, the first of them \(cell)")
    case .foreignDates(let cell, _): "dates are written in another way than YYYY-MM-DD: \(cell)"
    case .decimalCommas(let cell): "numbers have a decimal comma: \(cell)"
    case .markedNumbers(let cell):
      "numbers have a currency, a unit or separators of thousands: \(cell)"
    }
  }
}
