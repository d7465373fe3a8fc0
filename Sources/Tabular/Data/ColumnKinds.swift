// What was asked of the kinds of columns, and the words about the kinds that they got.
import Configuration
import LearningTasks
package import Tables
import Texts

extension LabelledTableConfiguration {
  /// The formats of columns of dates.
  ///
  /// - Throws: `ConfigurationError.unfit`, `ConfigurationError.twoRoles`.
  var dateFormats: [ByteText: DateFormat] {
    get throws {
      var formats: [ByteText: DateFormat] = [:]
      for item in dates {
        guard let equals = item.lastIndex(of: "="), equals > item.startIndex,
          let format = DateFormat(String(item[item.index(after: equals)...]))
        else {
          throw ConfigurationError.unfit(
            key: "data.date", flag: nil, found: "'\(item)'",
            expected: "a column and its format, such as since=%d/%m/%Y, with %Y or %y, %m or %b, "
              + "and any of %d %H %I %p %M %S %f %z")
        }
        let name = String(item[..<equals])
        guard formats.updateValue(format, forKey: ByteText(name)) == nil else {
          throw ConfigurationError.twoRoles(column: name, "data.date", "data.date")
        }
      }
      return formats
    }
  }

  /// The kinds that were asked for, those of dates included.
  var kinds: [ByteText: ColumnKind] {
    get throws {
      var kinds: [ByteText: ColumnKind] = [:]
      for name in categorical { kinds[ByteText(name)] = .category }
      for name in numeric { kinds[ByteText(name)] = .number }
      for name in try dateFormats.keys { kinds[name] = .timestamp }
      for name in id { kinds[ByteText(name)] = .text }
      return kinds
    }
  }

  /// The byte before the fraction of numbers.
  var decimalByte: UInt8 { decimal.utf8.first ?? UInt8(ascii: ".") }

  /// How a training table is read: the kinds that were asked for, labels as they are written.
  ///
  /// - Throws: `ConfigurationError`.
  func readOptions(threads: Int? = nil) throws -> ReadOptions {
    ReadOptions(
      delimiter: delimiterByte, hasHeader: header, kinds: try kinds, decimal: decimalByte,
      dates: try dateFormats, verbatim: [ByteText(target)], threads: threads)
  }
}

/// A column of a training table: its part, its kind, and why.
package struct ColumnDescription: Codable, Sendable, Equatable {
  /// What a column is for.
  package enum Role: String, Codable, Sendable {
    case feature, id, target, dropped
  }

  /// The column.
  package var name: String
  /// What it is for.
  package var role: Role
  /// What it holds; nil where it was not read.
  package var kind: ColumnKind?
  /// Why it has this kind, or is left out.
  package var reason: String
}

extension TableLayout {
  /// All columns of training; of models of older programs those that are known.
  var describedColumns: [ColumnDescription] {
    if let columnKinds { return columnKinds }
    let unknown = "not recorded"
    return [
      ColumnDescription(name: target.name, role: .target, kind: target.kind, reason: unknown)
    ] + id.map { ColumnDescription(name: $0, role: .id, kind: .text, reason: unknown) }
      + features.map {
        ColumnDescription(name: $0.name, role: .feature, kind: $0.kind, reason: unknown)
      }
      + dropped.map {
        ColumnDescription(name: $0.name, role: .dropped, kind: nil, reason: $0.reason)
      }
  }
}

extension ColumnFinding {
  /// The reason as documents have it.
  func reason(
    asked data: LabelledTableConfiguration, continued: Set<ByteText>
  ) -> String {
    guard reason == .given else { return reason.description }
    if data.id.contains(bytesOf: name) { return "carried along as it is written" }
    if let format = (try? data.dateFormats)?[ByteText(name)] {
      return "asked for (\(format.text))"
    }
    if (data.categorical + data.numeric).contains(bytesOf: name) { return "asked for" }
    return continued.contains(text: name) ? "as in the model continued from" : reason.description
  }
}

extension LabelledTableConfiguration {
  /// The table as messages name it.
  package var shownPath: String { LocationText.shown(path) }

  /// The delimiter as a byte; nil finds it out.
  var delimiterByte: UInt8? { source(at: path).delimiterByte }

  /// A table that is read as these settings say.
  func source(at location: String) -> TableSource {
    TableSource(location: location, delimiter: delimiter, header: header)
  }
}
