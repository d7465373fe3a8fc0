// Which columns of a table a churn model learns from, and why the others are left out.
import NumericCore
import Tables
import Texts

/// The columns of a training table by their roles.
struct ChurnColumns: Sendable {
  /// The columns to learn from, in the order of the table.
  let features: [Column]
  /// The columns that hold nothing to learn from.
  let dropped: [DroppedColumn]
  /// The columns of numbers among them that do not vary.
  let constants: Set<ByteText>

  /// Rows below which a column of distinct values is not taken for an identifier.
  private static let fewestRowsOfIdentifier = 50

  /// Sorts the columns of a table that was read without the columns to drop.
  ///
  /// - Parameter kept: columns that are not left out though they hold nothing to learn from.
  /// - Throws: `TaskError` when a number is infinite, or nothing is left to learn from.
  init(
    _ table: Table, configuration: ChurnConfiguration.Data, keeping kept: Set<ByteText> = [],
    pool: WorkerPool
  ) throws {
    let data = configuration.shownPath
    let excluded = Set(texts: configuration.id + [configuration.target])
    let candidates = table.columns.filter { !excluded.contains(text: $0.name) }
    // Columns are looked at side by side; each writes its own finding.
    var findings = [Finding](repeating: .usable, count: candidates.count)
    findings.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      pool.forEach(count: candidates.count) { index, _ in
        buffer[index] = Finding(candidates[index])
      }
    }
    var features: [Column] = []
    var dropped = configuration.drop.map { DroppedColumn(name: $0, reason: "asked for (--drop)") }
    var constants: Set<ByteText> = []
    for (column, finding) in zip(candidates, findings) {
      switch finding {
      case .usable: features.append(column)
      case .useless where kept.contains(text: column.name): features.append(column)
      case .useless(let reason):
        if column.kind == .number || column.kind == .timestamp {
          constants.insert(ByteText(column.name))
        }
        dropped.append(DroppedColumn(name: column.name, reason: reason))
      case .infinite(let row):
        throw TaskError.infinity(column: column.name, row: row + 1, data: data, canDrop: true)
      }
    }
    guard !features.isEmpty else { throw TaskError.noFeatures(data: data) }
    self.features = features
    self.dropped = dropped
    self.constants = constants
  }

  /// Refuses numbers without end in columns that a model is about to read.
  static func requireFinite(_ columns: [Column], data: String) throws {
    for column in columns {
      if case .infinite(let row) = Finding(column) {
        throw TaskError.infinity(column: column.name, row: row + 1, data: data, canDrop: false)
      }
    }
  }

  /// What one look at a column's values says.
  private enum Finding: Sendable {
    case usable
    case useless(reason: String)
    case infinite(row: Int)

    init(_ column: Column) {
      switch column.values {
      case .number(let numbers), .timestamp(let numbers): self = Self.of(numbers.doubles())
      case .category(let categories): self = Self.of(categories)
      case .text: self = .useless(reason: "text that is carried along")
      }
    }

    private static func of(_ values: [Double]) -> Finding {
      var first = Double.nan
      var missing = 0
      var varies = false
      for (row, value) in values.enumerated() {
        if value.isInfinite { return .infinite(row: row) }
        if value.isNaN {
          missing += 1
        } else if first.isNaN {
          first = value
        } else if value != first {
          varies = true
        }
      }
      if varies { return .usable }
      return constant(missing: missing, count: values.count)
    }

    private static func of(_ categories: CategoryColumn) -> Finding {
      var used = [Bool](repeating: false, count: categories.levels.count)
      var missing = 0
      var distinct = 0
      for code in categories.codes {
        if code < 0 {
          missing += 1
        } else if !used[Int(code)] {
          used[Int(code)] = true
          distinct += 1
        }
      }
      let present = categories.codes.count - missing
      if distinct <= 1 { return constant(missing: missing, count: categories.codes.count) }
      if distinct == present, present >= fewestRowsOfIdentifier {
        return .useless(
          reason: "every row has its own value, as in an identifier (--id carries it along)")
      }
      return .usable
    }

    /// A single value with gaps still tells rows apart: those with and those without.
    private static func constant(missing: Int, count: Int) -> Finding {
      if missing == count { return .useless(reason: "all cells are missing") }
      return missing == 0 ? .useless(reason: "all cells have the same value") : .usable
    }
  }
}
