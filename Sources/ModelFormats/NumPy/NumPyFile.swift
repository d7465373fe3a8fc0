// Arrays as numpy keeps them on disk: a short header in Python's notation, then the elements.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.

internal import Storage

/// Writes and reads `.npy` files: one array each, little-endian, in row-major order.
public enum NumPyFile {
  /// What every file starts with, and version 1.0.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
  /// The header ends at a multiple of this, so that the elements can be mapped into memory.
  static let alignment = 64

  /// Returns the bytes of a file, the same for the same array.
  public static func encoded(_ array: Tensor) -> [UInt8] {
    var bytes = header(of: array)
    bytes.reserveCapacity(bytes.count + array.bytes.count)
    bytes += array.bytes
    return bytes
  }

  /// Writes a file that is whole or absent.
  ///
  /// - Throws: `StorageError.system`.
  public static func write(_ array: Tensor, to path: String) throws {
    try AtomicFile.write(encoded(array), to: path)
  }

  /// Reads a file.
  ///
  /// - Throws: `StorageError.corrupt`, `StorageError.system`.
  public static func read(_ path: String) throws -> Tensor {
    try decoded(PlainFile.read(path, limit: SafetensorsFile.longestFile), file: path)
  }

  private static func header(of array: Tensor) -> [UInt8] {
    let lengths = array.shape.map(String.init).joined(separator: ", ")
    // A tuple of one needs its comma.
    let shape = array.shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
    let type = typeNames[array.elementType] ?? ""
    var text = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }".utf8)
    let length = magic.count + 2 + text.count + 1
    text += repeatElement(UInt8(ascii: " "), count: (alignment - length % alignment) % alignment)
    text.append(UInt8(ascii: "\n"))
    precondition(text.count <= UInt16.max, "an array of \(array.shape.count) axes")
    return magic + [UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }

  /// The names of the types in a header.
  static let typeNames: [Tensor.ElementType: String] = [
    .float64: "<f8", .float32: "<f4", .int64: "<i8", .int32: "<i4", .int16: "<i2", .int8: "|i1",
    .uint32: "<u4", .uint16: "<u2", .uint8: "|u1", .bool: "|b1",
  ]
}
