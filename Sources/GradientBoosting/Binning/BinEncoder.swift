// Applies a feature's bins to the values of a column, in training and in prediction alike.

internal import Tables
internal import Texts

/// Turns values of one column into bins of one feature.
struct BinEncoder {
  private enum Source {
    case number(NumberColumn, CutSearch)
    /// The bin of each level of the column; `missing` for code -1.
    case codes([Int32], binOfLevel: [UInt8], missing: UInt8)
  }
  private let source: Source

  /// Prepares to encode a column.
  ///
  /// - Precondition: the column's kind fits the feature's encoding.
  init(feature: BinnedFeature, column: Column) {
    switch (feature.encoding, column.values) {
    case (.number(let cuts), .number(let values)), (.number(let cuts), .timestamp(let values)):
      source = .number(values, CutSearch(cuts))
    case (.category, .category(let values)), (.levelValue, .category(let values)):
      let (bins, otherwise) = Self.binOfLevel(feature)
      source = .codes(
        values.codes, binOfLevel: values.levels.map { bins[ByteText($0)] ?? otherwise },
        missing: otherwise)
    default:
      preconditionFailure("column \(column.name) is of kind \(column.kind)")
    }
  }

  /// Writes the bin of each of some rows, counting from the slice's start.
  ///
  /// - Precondition: the rows are ascending.
  func encode(rows: ArraySlice<Int32>, into bins: UnsafeMutableBufferPointer<UInt8>) {
    switch source {
    case .number(let column, let cuts):
      // Ascending rows of which none is left out are read in one piece.
      if let first = rows.first, let last = rows.last, Int(last - first) == rows.count - 1 {
        encode(range: Int(first)..<Int(last) + 1, into: bins)
      } else {
        column.doubles(rows: Array(rows)).withUnsafeBufferPointer { cuts.bin($0, into: bins) }
      }
    case .codes(let codes, let binOfLevel, let missing):
      for (index, row) in rows.enumerated() {
        let code = codes[Int(row)]
        bins[index] = code < 0 ? missing : binOfLevel[Int(code)]
      }
    }
  }

  /// Writes the bin of each row of a range, counting from the range's start.
  func encode(range: Range<Int>, into bins: UnsafeMutableBufferPointer<UInt8>) {
    switch source {
    case .number(let column, let cuts):
      withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { values in
        column.read(range, into: values)
        cuts.bin(UnsafeBufferPointer(values), into: bins)
      }
    case .codes(let codes, let binOfLevel, let missing):
      for (index, row) in range.enumerated() {
        let code = codes[row]
        bins[index] = code < 0 ? missing : binOfLevel[Int(code)]
      }
    }
  }

  /// The bin of each level that a feature of categories knows, and of all other values.
  ///
  /// - Precondition: the feature is one of categories.
  static func binOfLevel(_ feature: BinnedFeature) -> (bins: [ByteText: UInt8], otherwise: UInt8) {
    switch feature.encoding {
    case .number: preconditionFailure("feature \(feature.name) holds numbers")
    case .category(let levels):
      return (
        Dictionary(
          levels.enumerated().map { (ByteText($1), UInt8($0 + 1)) },
          uniquingKeysWith: { first, _ in first }),
        0
      )
    case .levelValue(let levels, let numbers, let otherwise, let cuts):
      var bins = [UInt8](repeating: 0, count: numbers.count + 1)
      (numbers + [otherwise]).withUnsafeBufferPointer { numbers in
        bins.withUnsafeMutableBufferPointer { CutSearch(cuts).bin(numbers, into: $0) }
      }
      return (
        Dictionary(
          zip(levels.map { ByteText($0) }, bins), uniquingKeysWith: { first, _ in first }),
        bins[numbers.count]
      )
    }
  }
}
