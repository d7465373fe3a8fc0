// Tables from cells in memory, such as those of a JSON document. Each cell is read as that of a file
// is, so that a row has one meaning however it comes.

public import Texts

/// The cells of a column as a document with types has them.
public struct CellColumn: Sendable {
  /// One cell.
  public enum Cell: Sendable, Equatable {
    /// No value.
    case missing
    /// A text, which may spell a number, an instant or a missing value.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// A number; NaN is missing.
    case number(Double)
    /// True or false.
    case flag(Bool)
  }

  /// The name of the column.
  public let name: String
  /// One cell per row.
  public let cells: [Cell]

  /// Creates a column.
  public init(name: String, cells: [Cell]) {
    self.name = name
    self.cells = cells
  }
}

/// Reads cells into the columns of a schema.
public struct CellReader: Sendable {
  fileprivate struct Reading: Sendable {
    let field: Schema.Field
    let form: CellForm
    /// Reads numbers and instants.
    let parser: CellValueParser

    init(_ field: Schema.Field, _ form: CellForm) {
      (self.field, self.form) = (field, form)
      parser = CellValueParser(expected: field.kind, form: form, losingZeros: true)
    }
  }

  private let readings: [Reading]
  private let placeOf: [ByteText: Int]

  /// Prepares the columns of a schema.
  ///
  /// - Parameter options: how cells are written: `decimal`, `dates` and `verbatim`.
  public init(_ schema: Schema, options: ReadOptions) {
    readings = schema.fields.map { field in
      let name = ByteText(field.name)
      return Reading(
        field,
        CellForm(
          decimal: options.decimal, date: options.dates[name],
          isVerbatim: options.verbatim.contains(name)))
    }
    placeOf = Dictionary(
      zip(schema.fields.map { ByteText($0.name) }, schema.fields.indices),
      uniquingKeysWith: { first, _ in first })
  }

  /// The place of a column in the schema; nil for a column that is not in it.
  public func place(of name: ByteText) -> Int? { placeOf[name] }

  /// The number or the seconds that a cell is, NaN where it is missing; nil if it is neither.
  ///
  /// - Precondition: `place` is that of a column of numbers or instants.
  public func number(_ cell: CellColumn.Cell, place: Int) -> Double? {
    readings[place].number(cell)
  }

  /// The category that a cell is; nil where it is missing.
  ///
  /// - Precondition: `place` is that of a column of categories.
  public func category(_ cell: CellColumn.Cell, place: Int) -> String? {
    readings[place].category(cell)
  }

  /// A column of the schema.
  ///
  /// - Precondition: `place` is that of a column of texts, which any cell can be.
  public func texts(_ cells: [CellColumn.Cell], place: Int) -> Column {
    Column(name: readings[place].field.name, values: .text(TextColumn(cells.map(\.text))))
  }

  /// Makes a table of the columns of the schema, in its order.
  ///
  /// A column of texts, which no model reads, may be lacking; others may not. Columns that are not
  /// in the schema are not looked at.
  ///
  /// - Parameter name: what messages call the cells.
  /// - Precondition: the columns have `rowCount` cells, and their names differ.
  /// - Throws: `TableError.missingColumn`, `.badCell`, `.badDate`.
  public func table(
    _ columns: [CellColumn], rowCount: Int, named name: String
  ) throws -> Table {
    var cellsOf: [ByteText: [CellColumn.Cell]] = [:]
    cellsOf.reserveCapacity(columns.count)
    for column in columns { cellsOf[ByteText(column.name)] = column.cells }
    var read: [Column] = []
    read.reserveCapacity(readings.count)
    for reading in readings {
      guard let cells = cellsOf[ByteText(reading.field.name)] else {
        if reading.field.kind == .text { continue }
        throw TableError.missingColumn(
          file: name, name: reading.field.name, known: columns.map(\.name))
      }
      do throws(CellFailure) {
        read.append(try reading.column(cells))
      } catch {
        throw error.tableError(column: reading.field.name, form: reading.form, name: name)
      }
    }
    return Table(columns: read, rowCount: rowCount)
  }
}

extension CellReader.Reading {
  fileprivate func column(_ cells: [CellColumn.Cell]) throws(CellFailure) -> Column {
    let values: Column.Values =
      switch field.kind {
      case .number: .number(NumberColumn(try numbers(cells)))
      case .timestamp: .timestamp(NumberColumn(try numbers(cells)))
      case .category: .category(CategoryColumn(cells.map(category)))
      case .text: .text(TextColumn(cells.map(\.text)))
      }
    return Column(name: field.name, values: values)
  }

  private func numbers(_ cells: [CellColumn.Cell]) throws(CellFailure) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(cells.count)
    for cell in cells {
      guard let value = number(cell) else {
        throw CellFailure(row: values.count, cell: cell.text ?? "", expected: field.kind)
      }
      values.append(value)
    }
    return values
  }

  fileprivate func number(_ cell: CellColumn.Cell) -> Double? {
    switch cell {
    case .missing: .nan
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .flag: nil
    case .text(var text): text.withUTF8 { parser.value(of: $0) }
    }
  }

  fileprivate func category(_ cell: CellColumn.Cell) -> String? {
    guard var text = cell.text else { return nil }
    return text.withUTF8 { bytes in
      let trimmed = bytes.trimmed
      if MissingTokens.contains(trimmed) { return nil }
      return String(
        decoding: form.isVerbatim
          ? trimmed : CellSpelling.canonical(trimmed, decimal: form.decimal), as: UTF8.self)
    }
  }
}

extension CellColumn.Cell {
  /// The cell as a file of text has it; nil where it is missing.
  fileprivate var text: String? {
    switch self {
    case .missing: nil
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .number(let number): CellText.number(number)
    case .flag(let flag): flag.description
    }
  }
}

extension CellFailure {
  fileprivate func tableError(column: String, form: CellForm, name: String) -> TableError {
    if expected == .timestamp, let date = form.date {
      return .badDate(
        file: name, row: row + 1, line: nil, column: column, cell: cell, format: date.text)
    }
    return .badCell(
      file: name, row: row + 1, line: nil, column: column, cell: cell, expected: expected)
  }
}
