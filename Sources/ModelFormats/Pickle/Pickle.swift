// Writes Python's pickle format: protocol 4 (PEP 3154) for scikit-learn and numpy 1.26 and later,
// and protocol 2 (PEP 307) for PyTorch, whose reader of weights knows no later one.
// Pickles are never read: reading one can run any code.

/// A writer of Python pickles.
public enum Pickle {
  /// A version of the format.
  public enum Format: UInt8, Sendable {
    case protocol2 = 2
    case protocol4 = 4
  }

  /// Returns the pickle of a value, the same bytes for the same value.
  ///
  /// - Precondition: with protocol 2, the value holds nothing of numpy's, as it has no bytes, and no
  ///   string of 4 GiB.
  public static func encode(_ value: PickleValue, format: Format = .protocol4) -> [UInt8] {
    var encoder = PickleEncoder(format)
    encoder.append(value)
    return encoder.finish()
  }
}

private struct PickleEncoder {
  /// The opcodes of Python's `pickle` module, by the names that `pickletools` gives them.
  private enum Opcode: UInt8 {
    case proto = 0x80
    case stop = 0x2E
    case mark = 0x28
    case none = 0x4E
    case newTrue = 0x88
    case newFalse = 0x89
    case binInt = 0x4A
    case long1 = 0x8A
    case binFloat = 0x47
    case shortBinUnicode = 0x8C
    case binUnicode = 0x58
    case binUnicode8 = 0x8D
    case shortBinBytes = 0x43
    case binBytes = 0x42
    case binBytes8 = 0x8E
    case emptyList = 0x5D
    case appends = 0x65
    case emptyTuple = 0x29
    case tuple = 0x74
    case emptyDict = 0x7D
    case setItems = 0x75
    case stackGlobal = 0x93
    case global = 0x63
    case persistentId = 0x51
    case reduce = 0x52
    case newObj = 0x81
    case build = 0x62
  }

  private let format: Pickle.Format
  private var bytes: [UInt8]

  init(_ format: Pickle.Format) {
    self.format = format
    bytes = [Opcode.proto.rawValue, format.rawValue]
  }

  mutating func finish() -> [UInt8] {
    write(.stop)
    return bytes
  }

  mutating func append(_ value: PickleValue) {
    switch value {
    case .none: write(.none)
    case .bool(let value): write(value ? .newTrue : .newFalse)
    case .int(let value): append(value)
    case .float(let value):
      write(.binFloat)
      write(value.bitPattern.bigEndian)
    case .string(let value): append(value)
    case .list(let elements): append(list: elements)
    case .tuple(let elements): append(tuple: elements)
    case .dictionary(let entries): append(dictionary: entries)
    case .float64Array(let elements, let shape):
      append(array: elements, shape: shape, type: "f8")
    case .int64Array(let elements, let shape): append(array: elements, shape: shape, type: "i8")
    case .objectArray(let elements):
      appendArray(shape: [elements.count], type: "O8") { $0.append(list: elements) }
    case .float64(let value): appendScalar(value.bitPattern, type: "f8")
    case .int64(let value): appendScalar(UInt64(bitPattern: value), type: "i8")
    case .global(let module, let name): appendGlobal(module, name)
    case .object(let module, let name, let arguments, let state):
      appendGlobal(module, name)
      append(tuple: arguments)
      write(.newObj)
      append(state)
      write(.build)
    case .call(let module, let name, let arguments):
      appendGlobal(module, name)
      append(tuple: arguments)
      write(.reduce)
    case .orderedDictionary(let entries):
      append(.call(module: "collections", name: "OrderedDict", arguments: []))
      append(items: entries)
    case .persistent(let identifier):
      append(identifier)
      write(.persistentId)
    }
  }

  // MARK: Plain values

  private mutating func append(_ value: Int) {
    if let short = Int32(exactly: value) {
      write(.binInt)
      write(short.littleEndian)
    } else {
      write(.long1)
      bytes.append(8)
      write(value.littleEndian)
    }
  }

  private mutating func append(_ string: String) {
    let text = Array(string.utf8)
    switch format {
    case .protocol2:
      write(.binUnicode)
      write(UInt32(text.count).littleEndian)
    case .protocol4: write(length: text.count, .shortBinUnicode, .binUnicode, .binUnicode8)
    }
    bytes += text
  }

  private mutating func append(content: [UInt8]) {
    precondition(format == .protocol4, "protocol 2 has no bytes")
    write(length: content.count, .shortBinBytes, .binBytes, .binBytes8)
    bytes += content
  }

  private mutating func append(list elements: [PickleValue]) {
    write(.emptyList)
    guard !elements.isEmpty else { return }
    write(.mark)
    for element in elements { append(element) }
    write(.appends)
  }

  private mutating func append(tuple elements: [PickleValue]) {
    guard !elements.isEmpty else { return write(.emptyTuple) }
    write(.mark)
    for element in elements { append(element) }
    write(.tuple)
  }

  private mutating func append(dictionary entries: [(key: PickleValue, value: PickleValue)]) {
    write(.emptyDict)
    append(items: entries)
  }

  /// Puts entries into the dictionary that was made last.
  private mutating func append(items entries: [(key: PickleValue, value: PickleValue)]) {
    guard !entries.isEmpty else { return }
    write(.mark)
    for (key, value) in entries {
      append(key)
      append(value)
    }
    write(.setItems)
  }

  private mutating func appendGlobal(_ module: String, _ name: String) {
    switch format {
    case .protocol2:
      write(.global)
      bytes += "\(module)\n\(name)\n".utf8
    case .protocol4:
      append(module)
      append(name)
      write(.stackGlobal)
    }
  }

  // MARK: numpy

  /// `numpy.dtype(type, False, True)` with its state: version, byte order, three absent parts of
  /// structured types, size and alignment (-1: as usual), flags (63: holds Python objects).
  private mutating func appendType(_ type: String) {
    let holdsObjects = type == "O8"
    appendGlobal("numpy", "dtype")
    append(tuple: [.string(type), .bool(false), .bool(true)])
    write(.reduce)
    append(tuple: [
      .int(3), .string(holdsObjects ? "|" : "<"), .none, .none, .none, .int(-1), .int(-1),
      .int(holdsObjects ? 63 : 0),
    ])
    write(.build)
  }

  private mutating func append<Element: BitwiseCopyable>(
    array elements: [Element], shape: [Int], type: String
  ) {
    precondition(
      shape.reduce(1, *) == elements.count,
      "\(elements.count) elements do not fill the shape \(shape)")
    // Elements are stored little-endian, as they are in memory on the machines we run on.
    let content = elements.withUnsafeBytes { Array($0) }
    appendArray(shape: shape, type: type) { $0.append(content: content) }
  }

  /// An empty `ndarray` and its state: version, shape, type, whether column-major, content.
  private mutating func appendArray(
    shape: [Int], type: String, content: (inout PickleEncoder) -> Void
  ) {
    appendGlobal("numpy._core.multiarray", "_reconstruct")
    write(.mark)
    appendGlobal("numpy", "ndarray")
    append(tuple: [.int(0)])
    append(content: [UInt8(ascii: "b")])
    write(.tuple)
    write(.reduce)
    write(.mark)
    append(1)
    append(tuple: shape.map { .int($0) })
    appendType(type)
    write(.newFalse)
    content(&self)
    write(.tuple)
    write(.build)
  }

  private mutating func appendScalar(_ bits: UInt64, type: String) {
    appendGlobal("numpy._core.multiarray", "scalar")
    write(.mark)
    appendType(type)
    append(content: withUnsafeBytes(of: bits.littleEndian) { Array($0) })
    write(.tuple)
    write(.reduce)
  }

  // MARK: Bytes

  private mutating func write(_ opcode: Opcode) { bytes.append(opcode.rawValue) }

  private mutating func write<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number) { bytes += $0 }
  }

  private mutating func write(length: Int, _ short: Opcode, _ normal: Opcode, _ long: Opcode) {
    if length < 256 {
      write(short)
      bytes.append(UInt8(length))
    } else if let length = UInt32(exactly: length) {
      write(normal)
      write(length.littleEndian)
    } else {
      write(long)
      write(UInt64(length).littleEndian)
    }
  }
}
