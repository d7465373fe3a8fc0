// The number types of Arrow, and the loops that turn their values into doubles.

/// A number type of Arrow's.
enum ScalarType: Sendable, Equatable {
  case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float, double

  /// The type of a format string of the C Data Interface, or nil.
  init?(format: String) {
    switch format {
    case "c": self = .int8
    case "s": self = .int16
    case "i": self = .int32
    case "l": self = .int64
    case "C": self = .uint8
    case "S": self = .uint16
    case "I": self = .uint32
    case "L": self = .uint64
    case "f": self = .float
    case "g": self = .double
    default: return nil
    }
  }
}

extension ArrowChunk {
  /// Copies rows of a number or instant chunk as doubles, missing ones as NaN.
  func copyDoubles(_ rows: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    switch layout {
    case .number(let type): copy(type, rows, to: target)
    case .days:
      copy(Int32.self, rows, to: target) { Double($0) * 86_400 }
    case .instant(.nanoseconds, _):
      // Most nanoseconds are too many for a double, but few instants have any below microseconds.
      copy(Int64.self, rows, to: target) {
        $0 % 1_000 == 0 ? Double($0 / 1_000) / 1e6 : Double($0) / 1e9
      }
    case .instant(let unit, _):
      let divisor = unit.perSecond
      copy(Int64.self, rows, to: target) { Double($0) / divisor }
    default: preconditionFailure("a chunk of \(layout) holds no numbers")
    }
  }

  private func copy(
    _ type: ScalarType, _ rows: Range<Int>, to target: UnsafeMutablePointer<Double>
  ) {
    switch type {
    case .int8: copy(Int8.self, rows, to: target) { Double($0) }
    case .int16: copy(Int16.self, rows, to: target) { Double($0) }
    case .int32: copy(Int32.self, rows, to: target) { Double($0) }
    case .int64: copy(Int64.self, rows, to: target) { Double($0) }
    case .uint8: copy(UInt8.self, rows, to: target) { Double($0) }
    case .uint16: copy(UInt16.self, rows, to: target) { Double($0) }
    case .uint32: copy(UInt32.self, rows, to: target) { Double($0) }
    case .uint64: copy(UInt64.self, rows, to: target) { Double($0) }
    case .float: copy(Float.self, rows, to: target) { Double($0) }
    case .double: copy(Double.self, rows, to: target) { $0 }
    }
  }

  // Inlined into each case above, so that every type has its own straight loop.
  @inline(__always)
  private func copy<T>(
    _ type: T.Type, _ rows: Range<Int>, to target: UnsafeMutablePointer<Double>,
    convert: (T) -> Double
  ) {
    let values = values(as: type) + rows.lowerBound
    for index in 0..<rows.count { target[index] = convert(values[index]) }
    guard let validity else { return }
    for index in 0..<rows.count where !validity[rows.lowerBound + index] { target[index] = .nan }
  }
}
