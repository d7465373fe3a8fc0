// The calls into CArrow that can fail, and how their failures become errors of this module.

internal import CArrow
internal import Texts

/// A failure that CArrow reported, before it is known what file it is about.
struct ArrowFailure: Error {
  let code: Int
  let message: String

  /// Runs a call that fills an `mlc_error` and returns nil on failure.
  static func check<T>(_ call: (UnsafeMutablePointer<mlc_error>) -> T?) throws(ArrowFailure) -> T {
    var error = mlc_error()
    if let result = call(&error) { return result }
    let message = withUnsafeBytes(of: &error.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    // One line, whatever a server put into its answer.
    let line = message.foreignWords
    throw ArrowFailure(code: Int(error.code), message: line)
  }

  /// Runs a call that fills an `mlc_error` and returns false on failure.
  static func check(_ call: (UnsafeMutablePointer<mlc_error>) -> Bool) throws(ArrowFailure) {
    _ = try check { error in call(error) ? () : nil }
  }

  /// The error of this module, about a path, that this failure of a file system is.
  func fileError(_ path: String) -> TableError {
    switch code {
    case Int(MLC_NOT_FOUND): .notFound(path: path)
    case Int(MLC_NO_PERMISSION): .permissionDenied(path: path)
    case Int(MLC_NO_RESOURCES): .noResources(path: path, reason: message)
    case Int(MLC_REMOTE_FAILED): .remoteFailed(path: path, reason: message)
    case Int(MLC_BAD_LOCATION): .badLocation(location: path, reason: message)
    default: .fileFailed(path: path, reason: message)
    }
  }

  /// Whether the system lacks memory or threads, which says nothing about the data.
  var isLackOfResources: Bool { code == Int(MLC_NO_RESOURCES) }

  /// Whether a text is not UTF-8.
  var isBadText: Bool { code == Int(MLC_BAD_TEXT) }

  /// The error about a file: `dataError`, unless the failure says nothing about the data.
  func error(about file: String, otherwise dataError: TableError) -> TableError {
    isLackOfResources ? fileError(file) : dataError
  }
}

/// A table in Arrow's memory.
final class ArrowTable {
  private let handle: OpaquePointer

  /// Takes over a handle.
  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { mlc_table_free(handle) }

  /// The number of rows.
  var rowCount: Int { Int(mlc_table_row_count(handle)) }

  /// The layout of a column, or nil if a table cannot hold it.
  func layout(ofColumn column: Int) throws(ArrowFailure) -> ArrowLayout? {
    var schema = ArrowSchema()
    try ArrowFailure.check { mlc_table_type(handle, Int32(column), &schema, $0) }
    defer { schema.release?(&schema) }
    return ArrowLayout(schema)
  }

  /// The chunks of a column.
  ///
  /// - Precondition: the column has a layout.
  func chunks(ofColumn column: Int) throws(ArrowFailure) -> [ArrowChunk] {
    guard let layout = try layout(ofColumn: column) else {
      preconditionFailure("a column without a layout has been read")
    }
    var chunks: [ArrowChunk] = []
    for index in 0..<mlc_table_chunk_count(handle, Int32(column)) {
      var array = ArrowArray()
      try ArrowFailure.check { mlc_table_chunk(handle, Int32(column), index, &array, $0) }
      let chunk = ArrowChunk(array, layout: layout)
      if chunk.count > 0 { chunks.append(chunk) }
    }
    return chunks
  }
}

/// Numbers and instants in text, as the readers understand them.
enum CellParser {
  /// The number that all of the bytes spell, or nil.
  ///
  /// - Parameter decimal: the byte before the fraction.
  static func number(_ bytes: UnsafeBufferPointer<UInt8>, decimal: UInt8) -> Double? {
    guard var start = bytes.baseAddress, var count = Optional(bytes.count) else { return nil }
    // Arrow knows no leading plus.
    if count > 1, start[0] == UInt8(ascii: "+"), start[1] != UInt8(ascii: "-") {
      start += 1
      count -= 1
    }
    var value = 0.0
    return start.withMemoryRebound(to: CChar.self, capacity: count) {
      mlc_parse_number($0, Int64(count), CChar(bitPattern: decimal), &value) ? value : nil
    }
  }

  /// The instant that all of the bytes spell, in seconds since 1970, or nil.
  static func instant(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let start = bytes.baseAddress else { return nil }
    var seconds = 0.0
    return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
      mlc_parse_timestamp($0, Int64(bytes.count), &seconds) ? seconds : nil
    }
  }
}
