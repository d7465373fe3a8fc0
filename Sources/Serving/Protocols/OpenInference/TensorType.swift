// The types of tensors of the Open Inference Protocol, and the cells that their JSON elements are.
import Tables
import Texts

/// The type of a tensor's elements.
enum TensorType: String, CaseIterable {
  case bool = "BOOL"
  case uint8 = "UINT8"
  case uint16 = "UINT16"
  case uint32 = "UINT32"
  case uint64 = "UINT64"
  case int8 = "INT8"
  case int16 = "INT16"
  case int32 = "INT32"
  case int64 = "INT64"
  case fp16 = "FP16"
  case fp32 = "FP32"
  case fp64 = "FP64"
  case bytes = "BYTES"

  /// The types by their names.
  static let named = Dictionary(
    uniqueKeysWithValues: allCases.map { (ByteText($0.rawValue), $0) })

  /// The type in which a column is told and answered.
  init(_ kind: ColumnKind) { self = kind == .number ? .fp64 : .bytes }

  /// The whole numbers of the type; nil for other types.
  private var range: ClosedRange<Int64>? {
    switch self {
    case .uint8: 0...Int64(UInt8.max)
    case .uint16: 0...Int64(UInt16.max)
    case .uint32: 0...Int64(UInt32.max)
    case .uint64: 0...Int64.max
    case .int8: Int64(Int8.min)...Int64(Int8.max)
    case .int16: Int64(Int16.min)...Int64(Int16.max)
    case .int32: Int64(Int32.min)...Int64(Int32.max)
    case .int64: Int64.min...Int64.max
    case .bool, .fp16, .fp32, .fp64, .bytes: nil
    }
  }

  /// The cell that an element of JSON data is; nil if it is of another type.
  ///
  /// The element null is a missing value of any type.
  func cell(_ element: JSONNode) -> CellColumn.Cell? {
    switch (self, element) {
    case (_, .null): .missing
    case (.bool, .flag(let flag)): .flag(flag)
    case (.bytes, .text(let text)): .text(text)
    case (.fp16, .integer(let integer)), (.fp32, .integer(let integer)),
      (.fp64, .integer(let integer)):
      .integer(integer)
    case (.fp16, .number(let number)), (.fp32, .number(let number)), (.fp64, .number(let number)):
      .number(number)
    // Whole numbers from 2^63 on, which JSONNode holds as doubles.
    case (.uint64, .number(let number)) where number >= 0x1p63 && number <= 0x1p64:
      .number(number)
    case (_, .integer(let integer)) where range?.contains(integer) == true: .integer(integer)
    default: nil
    }
  }
}
