// Which columns of a table a model learns from, and why the others are left out.
import LearningTasks
import NumericCore
package import Tables
import Texts

/// The columns of a training table by their roles.
package struct FeatureColumns: Sendable {
  /// The columns to learn from, in the order of the table.
  package let features: [Column]
  /// The columns that hold nothing to learn from.
  let dropped: [DroppedColumn]
  /// The columns of numbers among them that do not vary.
  let constants: Set<ByteText>

  /// Rows below which a column of distinct values is not taken for an identifier.
  private static let fewestRowsOfIdentifier = 50

  /// Sorts the columns of a table that was read without the columns to drop.
  ///
  /// - Parameters:
  ///   - findings: what is known of the kinds of the columns.
  ///   - kept: columns that are not left out though they hold nothing to learn from.
  /// - Throws: `TaskError` when a number is infinite, or nothing is left to learn from.
  init(
    _ table: Table, findings: [ColumnFinding] = [], configuration: LabelledTableConfiguration,
    keeping kept: Set<ByteText> = [],
    pool: WorkerPool
  ) throws {
    let data = configuration.shownPath
    let excluded = Set(texts: configuration.id + [configuration.target])
    let candidates = table.columns.filter { !excluded.contains(text: $0.name) }
    // Columns are looked at side by side; each writes its own finding.
    var looks = [Finding](repeating: .usable, count: candidates.count)
    looks.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      pool.forEach(count: candidates.count) { index, _ in
        buffer[index] = Finding(candidates[index])
      }
    }
    var features: [Column] = []
    var dropped = configuration.drop.map { DroppedColumn(name: $0, reason: "asked for") }
    var constants: Set<ByteText> = []
    let reasons = Dictionary(
      findings.map { (ByteText($0.name), $0.reason) }, uniquingKeysWith: { $1 })
    for (column, finding) in zip(candidates, looks) {
      switch finding {
      case .usable: features.append(column)
      case .useless where kept.contains(text: column.name),
        .identifier where kept.contains(text: column.name):
        features.append(column)
      case .identifier:
        // What was meant to be a number or a date is no identifier.
        let doubt = reasons[ByteText(column.name)].flatMap { $0.isDoubtful ? "\($0)" : nil }
        let reason = "every row has its own value, as in an identifier"
        dropped.append(DroppedColumn(name: column.name, reason: doubt ?? reason))
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

  /// All columns that the table has, with their kinds and why they have them.
  func descriptions(
    of findings: [ColumnFinding], _ configuration: LabelledTableConfiguration,
    continued: Set<ByteText>
  ) -> [ColumnDescription] {
    let reasons = Dictionary(
      dropped.map { (ByteText($0.name), $0.reason) }, uniquingKeysWith: { $1 })
    let read = findings.map { finding in
      ColumnDescription(
        name: finding.name,
        role: finding.name.hasSameBytes(as: configuration.target)
          ? .target
          : configuration.id.contains(bytesOf: finding.name)
            ? .id : reasons[ByteText(finding.name)] == nil ? .feature : .dropped,
        kind: finding.kind,
        reason: reasons[ByteText(finding.name)]
          ?? finding.reason(asked: configuration, continued: continued))
    }
    return read
      + configuration.drop.map {
        ColumnDescription(name: $0, role: .dropped, kind: nil, reason: reasons[ByteText($0)] ?? "")
      }
  }

  /// What one look at a column's values says.
  private enum Finding: Sendable {
    case usable
    case useless(reason: String)
    /// Every row has a text of its own.
    case identifier
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
      if missing == 0, abs(first) >= 0x1p53 {
        return .useless(
          reason: "all cells are the number \(first) within 53 bits, which do not tell larger "
            + "numbers apart")
      }
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
      return distinct == present && present >= fewestRowsOfIdentifier ? .identifier : .usable
    }

    /// A single value with gaps still tells rows apart: those with and those without.
    private static func constant(missing: Int, count: Int) -> Finding {
      if missing == count { return .useless(reason: "all cells are missing") }
      return missing == 0 ? .useless(reason: "all cells have the same value") : .usable
    }
  }
}

/// A column that no model learns from.
package struct DroppedColumn: Codable, Sendable, Equatable {
  /// The column.
  package var name: String
  /// Why.
  package var reason: String
}
