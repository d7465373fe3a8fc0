// What the texts of a category look like: numbers with a few exceptions, codes with leading zeros,
// dates of another form. A column that was meant to be a number or a date is noticed by that.

/// The reason why a column of texts is a category.
struct CategoryEvidence {
  private let column: CategoryColumn
  private let form: CellForm

  /// The levels at which it is decided whether a closer look is worth its time.
  private static let sampleSize = 256

  private enum Look {
    case number, paddedNumber, commaNumber, instant, foreignDate, text
  }

  init(_ column: CategoryColumn, form: CellForm) {
    self.column = column
    self.form = form
  }

  /// The reason.
  var reason: KindReason {
    let levels = column.levels
    guard let first = levels.first else { return .missing }
    if levels.allSatisfy({ ["true", "false"].contains(CellSpelling.canonical($0)) }) {
      return .booleans
    }
    let sample = levels.prefix(Self.sampleSize)
    let maybeDates = sample.filter(Self.mayBeDate)
    let formats = Self.dateFormats.filter { format in
      maybeDates.contains { Self.reads(format, $0) }
    }
    let found =
      sample.contains { look($0, formats) != .text }
      ? reason(levels.map { look($0, formats) }, formats) : .texts(example: first)
    guard case .texts = found,
      let marked = MarkedNumber.first(in: sample, isNumber: { look($0, formats) == .number }),
      let row = column.codes.firstIndex(of: Int32(marked))
    else { return found }
    return .markedNumbers(DecidingCell(text: levels[marked], row: row))
  }

  private func reason(_ looks: [Look], _ formats: [DateFormat]) -> KindReason {
    var cells = [Int](repeating: 0, count: looks.count)
    for code in column.codes where code >= 0 { cells[Int(code)] += 1 }
    func count(_ wanted: Look...) -> Int {
      zip(looks, cells).reduce(0) { $0 + (wanted.contains($1.0) ? $1.1 : 0) }
    }
    let all = cells.reduce(0, +)
    func areMost(_ count: Int) -> Bool { count * 5 >= all * 4 }
    let numbers = count(.number, .paddedNumber)
    let commas = count(.commaNumber)
    let (instants, foreign) = (count(.instant), count(.foreignDate))
    if numbers == all, let cell = cell(of: looks, where: { $0 == .paddedNumber }) {
      return .leadingZeros(cell)
    }
    if areMost(numbers + commas), let cell = cell(of: looks, where: { $0 == .commaNumber }) {
      return .decimalCommas(cell)
    }
    if areMost(instants + foreign), let cell = cell(of: looks, where: { $0 == .foreignDate }) {
      let dates = zip(column.levels, looks).filter { $0.1 == .foreignDate }.map(\.0)
      let fitting = formats.filter { format in dates.allSatisfy { Self.reads(format, $0) } }
      return .foreignDates(
        cell, formats: instants > 0 ? [] : fitting.map(\.text))
    }
    if areMost(numbers),
      let cell = cell(of: looks, where: { $0 != .number && $0 != .paddedNumber })
    {
      return .exceptions(cell, fitting: numbers, of: all, kind: .number)
    }
    if areMost(instants), let cell = cell(of: looks, where: { $0 != .instant }) {
      return .exceptions(cell, fitting: instants, of: all, kind: .timestamp)
    }
    return .texts(example: column.levels[0])
  }

  /// The first cell whose level has a look; nil if none has.
  private func cell(of looks: [Look], where isWanted: (Look) -> Bool) -> DecidingCell? {
    let wanted = looks.map(isWanted)
    guard wanted.contains(true),
      let row = column.codes.firstIndex(where: { $0 >= 0 && wanted[Int($0)] })
    else { return nil }
    return DecidingCell(text: column.levels[Int(column.codes[row])], row: row)
  }

  private func look(_ level: String, _ formats: [DateFormat]) -> Look {
    var copy = level
    return copy.withUTF8 { bytes in
      if CellSpelling.hasLeadingZeros(bytes) { return .paddedNumber }
      if CellParser.number(bytes, decimal: form.decimal) != nil { return .number }
      if CellParser.instant(bytes) != nil { return .instant }
      if form.decimal == CellForm.point, !Self.isGrouped(bytes),
        CellParser.number(bytes, decimal: UInt8(ascii: ",")) != nil
      {
        return .commaNumber
      }
      return formats.contains { $0.seconds(bytes) != nil } ? .foreignDate : .text
    }
  }

  /// Whether a comma stands before three digits, as in 1,234: that may be one thousand.
  private static func isGrouped(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")) else { return false }
    return bytes.count - comma == 4 && bytes[0] != UInt8(ascii: "0")
  }

  /// Whether it is worth its time to read a text by all formats: a day and a year have three digits.
  private static func mayBeDate(_ level: String) -> Bool {
    (6...40).contains(level.utf8.count) && level.utf8.count(where: CellSpelling.isDigit) >= 3
  }

  private static func reads(_ format: DateFormat, _ level: String) -> Bool {
    var copy = level
    return copy.withUTF8 { format.seconds($0) != nil }
  }

  /// The usual ways to write dates besides ISO 8601; where two read the same cells, the more usual
  /// one comes first.
  private static let dateFormats: [DateFormat] = {
    let dates = [
      "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y",
      "%Y-%m-%d", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y",
      "%d-%b-%y",
    ]
    let times = ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"]
    return times.flatMap { time in dates.compactMap { DateFormat($0 + time) } }
  }()
}
