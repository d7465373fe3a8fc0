// The rows of a vector table in PostgreSQL's binary format for COPY: a header, for each row the
// number of fields and each field with its length, a trailer; all numbers big-endian. A vector is
// its dimension and a zero, of 16 bits each, and 32 bits for each number.

/// Bytes for COPY, block by block.
struct BinaryCopy {
  private static let blockSize = 1 << 18

  /// Calls `sink` with the bytes of a table, in parts.
  static func write(_ table: PGVectorTable, to sink: ([UInt8]) throws -> Void) rethrows {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(blockSize + 4 * table.dimension + 1_024)
    bytes += Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0]
    append(UInt32(0), to: &bytes)
    append(UInt32(0), to: &bytes)
    for row in 0..<table.ids.count {
      append(UInt16(2), to: &bytes)
      appendIdentifier(table.ids, row, to: &bytes)
      append(UInt32(4 + 4 * table.dimension), to: &bytes)
      append(UInt16(table.dimension), to: &bytes)
      append(UInt16(0), to: &bytes)
      for number in table.vectors[row * table.dimension..<(row + 1) * table.dimension] {
        append(number.bitPattern, to: &bytes)
      }
      if bytes.count >= blockSize {
        try sink(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    append(UInt16.max, to: &bytes)
    try sink(bytes)
  }

  private static func appendIdentifier(
    _ ids: VectorIdentifiers, _ row: Int, to bytes: inout [UInt8]
  ) {
    switch ids {
    case .text(let ids):
      append(UInt32(ids[row].utf8.count), to: &bytes)
      bytes.append(contentsOf: ids[row].utf8)
    case .int32(let ids):
      append(UInt32(4), to: &bytes)
      append(UInt32(bitPattern: ids[row]), to: &bytes)
    case .int64(let ids):
      append(UInt32(8), to: &bytes)
      append(UInt64(bitPattern: ids[row]), to: &bytes)
    }
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
