// Applies a feature's bins to the values of a column, in training and in prediction alike.

internal import CKernels
internal import Tables
internal import Texts

/// Turns values of one column into bins of one feature.
struct BinEncoder {
  private enum Source {
    case number(NumberColumn, paddedCuts: [Double])
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
      source = .number(values, paddedCuts: Self.padded(cuts))
    case (.category, .category(let values)), (.levelValue, .category(let values)):
      let (bins, otherwise) = Self.binOfLevel(feature)
      source = .codes(
        values.codes, binOfLevel: values.levels.map { bins[ByteText($0)] ?? otherwise },
        missing: otherwise)
    default:
      preconditionFailure("column \(column.name) is of kind \(column.kind)")
    }
  }

  /// Writes the bin of `rows[i]` to `bins[i * stride]`, counting from the slice's start.
  ///
  /// - Precondition: the rows are ascending.
  func encode(
    rows: ArraySlice<Int32>, into bins: UnsafeMutableBufferPointer<UInt8>, stride: Int
  ) {
    switch source {
    case .number(let column, let cuts):
      // Ascending rows of which none is left out are read in one piece.
      if let first = rows.first, let last = rows.last, Int(last - first) == rows.count - 1 {
        encode(range: Int(first)..<Int(last) + 1, into: bins, stride: stride)
      } else {
        column.doubles(rows: Array(rows)).withUnsafeBufferPointer {
          Self.bin($0, cuts: cuts, into: bins, stride: stride)
        }
      }
    case .codes(let codes, let binOfLevel, let missing):
      for (index, row) in rows.enumerated() {
        let code = codes[Int(row)]
        bins[index * stride] = code < 0 ? missing : binOfLevel[Int(code)]
      }
    }
  }

  /// Writes the bin of each row of a range to `bins[i * stride]`, counting from the range's start.
  func encode(range: Range<Int>, into bins: UnsafeMutableBufferPointer<UInt8>, stride: Int) {
    switch source {
    case .number(let column, let cuts):
      withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { values in
        column.read(range, into: values)
        Self.bin(UnsafeBufferPointer(values), cuts: cuts, into: bins, stride: stride)
      }
    case .codes(let codes, let binOfLevel, let missing):
      for (index, row) in range.enumerated() {
        let code = codes[row]
        bins[index * stride] = code < 0 ? missing : binOfLevel[Int(code)]
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
        bins.withUnsafeMutableBufferPointer {
          bin(numbers, cuts: padded(cuts), into: $0, stride: 1)
        }
      }
      return (
        Dictionary(
          zip(levels.map { ByteText($0) }, bins), uniquingKeysWith: { first, _ in first }),
        bins[numbers.count]
      )
    }
  }

  /// The cuts with infinities behind them up to the length that the kernel searches.
  static func padded(_ cuts: [Double]) -> [Double] {
    precondition(cuts.count <= 254, "\(cuts.count) cuts do not fit a byte")
    return cuts + [Double](repeating: .infinity, count: 255 - cuts.count)
  }

  /// Bins values by padded cuts.
  static func bin(
    _ values: UnsafeBufferPointer<Double>, cuts: [Double],
    into bins: UnsafeMutableBufferPointer<UInt8>, stride: Int
  ) {
    precondition(values.isEmpty || bins.count > (values.count - 1) * stride, "too few bins")
    mlk_bin_values(values.baseAddress, values.count, cuts, bins.baseAddress, stride)
  }
}
