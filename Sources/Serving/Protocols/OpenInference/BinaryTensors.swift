// The binary tensor data extension: the bytes of tensors lie behind the JSON of a request or an answer,
// in the order of the tensors, little-endian and row by row. A text has its length in four bytes before
// it. https://github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md, and
// Triton's extension of that name.
import NIOCore
import NIOHTTP1
import Tables

/// The bytes behind the JSON of a request, of which each tensor takes its part.
struct BinaryPart {
  private var rest: ByteBuffer

  /// Starts with all bytes.
  init(_ bytes: ByteBuffer = ByteBuffer()) { rest = bytes }

  /// The bytes of the next tensor.
  ///
  /// - Throws: `RequestFailure` if there are not so many.
  mutating func take(_ size: JSONNode, path: String) throws(RequestFailure) -> ByteBuffer {
    guard case .integer(let count) = size, count >= 0 else {
      throw InferRequest.refusal(path, size, "a whole number of bytes")
    }
    guard let taken = Int(exactly: count).flatMap({ rest.readSlice(length: $0) }) else {
      throw RequestFailure(
        .badRequest, path, found: "\(count)", expected: "at most \(rest.readableBytes) bytes")
    }
    return taken
  }

  /// Checks that the tensors have taken all.
  ///
  /// - Throws: `RequestFailure` if bytes are left.
  func checkEnd() throws(RequestFailure) {
    guard rest.readableBytes == 0 else {
      throw RequestFailure(
        .badRequest, "the bytes behind the JSON", found: "\(rest.readableBytes) more",
        expected: "those of the inputs alone")
    }
  }
}

extension Request {
  /// The header that tells the bytes of the JSON before binary data.
  static let jsonLength = "inference-header-content-length"

  /// The JSON of an inference request, and the bytes behind it.
  ///
  /// - Throws: `RequestFailure`.
  func inference() throws -> (document: JSONNode, binary: BinaryPart) {
    guard let told = headers.first(name: Self.jsonLength) else {
      return (try document(), BinaryPart())
    }
    var rest = body
    guard let length = Int(told), length >= 0, let json = rest.readSlice(length: length) else {
      throw RequestFailure(
        .badRequest, "the header \(Self.jsonLength)", found: "'\(told)'",
        expected: "at most \(body.readableBytes), the bytes of the body")
    }
    return (try Self.document(json), BinaryPart(rest))
  }
}

extension TensorType {
  /// The cells that bytes are.
  ///
  /// - Parameters:
  ///   - bytes: exactly those of the elements.
  ///   - path: what messages call them.
  /// - Throws: `RequestFailure` if their number does not agree, or a text is no UTF-8.
  func cells(
    _ bytes: inout ByteBuffer, count: Int, path: String
  ) throws(RequestFailure) -> [CellColumn.Cell] {
    // Each element has one byte at least, so a shape beyond the bytes reserves no memory.
    let size = bytes.readableBytes
    var cells: [CellColumn.Cell] = []
    cells.reserveCapacity(min(count, size))
    while cells.count < count, let cell = readCell(&bytes) { cells.append(cell) }
    guard cells.count == count, bytes.readableBytes == 0 else {
      throw RequestFailure(
        .badRequest, path, found: "\(size) bytes",
        expected: "those of \(count) elements of \(rawValue)")
    }
    return cells
  }

  private func readCell(_ bytes: inout ByteBuffer) -> CellColumn.Cell? {
    func integer<I: FixedWidthInteger>(_: I.Type) -> I? {
      bytes.readInteger(endianness: .little)
    }
    func whole<I: FixedWidthInteger>(_ type: I.Type) -> CellColumn.Cell? {
      integer(type).map { value in
        Int64(exactly: value).map { .integer($0) } ?? .number(Double(value))
      }
    }
    func number(_ value: Double) -> CellColumn.Cell { value.isNaN ? .missing : .number(value) }
    switch self {
    case .bool: return integer(UInt8.self).flatMap { $0 <= 1 ? .flag($0 == 1) : nil }
    case .uint8: return whole(UInt8.self)
    case .uint16: return whole(UInt16.self)
    case .uint32: return whole(UInt32.self)
    case .uint64: return whole(UInt64.self)
    case .int8: return whole(Int8.self)
    case .int16: return whole(Int16.self)
    case .int32: return whole(Int32.self)
    case .int64: return whole(Int64.self)
    case .fp16:
      return integer(UInt16.self).map { number(Double(Float16(bitPattern: $0))) }
    case .fp32: return integer(UInt32.self).map { number(Double(Float(bitPattern: $0))) }
    case .fp64: return integer(UInt64.self).map { number(Double(bitPattern: $0)) }
    case .bytes:
      guard let length = integer(UInt32.self), let text = bytes.readSlice(length: Int(length))
      else { return nil }
      return String(validating: text.readableBytesView, as: UTF8.self).map { .text($0) }
    }
  }
}

extension Column {
  /// The cells as binary data of the type in which the column is answered.
  ///
  /// A missing number is NaN, a
  /// missing text is empty.
  var tensorBytes: ByteBuffer {
    var bytes = ByteBuffer()
    func add(_ number: Double) {
      bytes.writeInteger(number.bitPattern, endianness: .little)
    }
    func add(_ text: String?) {
      let text = text ?? ""
      bytes.writeInteger(UInt32(text.utf8.count), endianness: .little)
      bytes.writeString(text)
    }
    switch values {
    case .number(let numbers): for number in numbers.doubles() { add(number) }
    default: for row in 0..<count { add(text(row: row)) }
    }
    return bytes
  }
}
