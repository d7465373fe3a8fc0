// Protocol buffers, as far as writing an ONNX file needs them: three wire types and no reading.
// swift-protobuf would bring the generated code of all of ONNX (some 15,000 lines) or its code
// generator, which builds for minutes in every clone, for what these few lines do; the format has
// not changed since 2008 (https://protobuf.dev/programming-guides/encoding), and the tests open the
// files with ONNX Runtime.

/// A message that is being written, field by field.
public struct ProtobufMessage {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// Starts an empty message.
  public init() {}

  private enum WireType: UInt64 {
    case varint = 0
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// Adds an integer.
  public mutating func add(_ field: Int, _ value: Int) {
    tag(field, .varint)
    append(varint: UInt64(bitPattern: Int64(value)))
  }

  /// Adds a float.
  public mutating func add(_ field: Int, _ value: Float) {
    tag(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// Adds a string.
  public mutating func add(_ field: Int, _ text: String) { add(field, bytes: Array(text.utf8)) }

  /// Adds a message.
  public mutating func add(_ field: Int, _ message: ProtobufMessage) {
    add(field, bytes: message.bytes)
  }

  /// Adds bytes.
  public mutating func add(_ field: Int, bytes more: [UInt8]) {
    tag(field, .lengthDelimited)
    append(varint: UInt64(more.count))
    bytes += more
  }

  /// Adds a list of integers.
  public mutating func add(_ field: Int, _ values: [Int]) {
    var packed = ProtobufMessage()
    for value in values { packed.append(varint: UInt64(bitPattern: Int64(value))) }
    add(field, packed)
  }

  /// Adds a list of floats.
  public mutating func add(_ field: Int, _ values: [Float]) {
    add(
      field, bytes: values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  private mutating func tag(_ field: Int, _ type: WireType) {
    append(varint: UInt64(field) << 3 | type.rawValue)
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
