// Zip files of entries that are stored as they are, each aligned so that it can be mapped.
// Format: PKWARE's APPNOTE.TXT 6.3.10. By hand, because it is short, no library of the toolchain
// writes zip, and the ones of the system can neither align entries nor promise the same bytes.

internal import CZlib

/// A zip file under construction, in memory.
struct StoredZip {
  /// Entries start at multiples of this.
  private let alignment: Int
  /// The largest number that a field of 32 bits may hold; beyond, zip64's fields of 64 bits do.
  private let limit: UInt64
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var entryCount: UInt64 = 0

  /// Starts a file without entries.
  ///
  /// - Parameters:
  ///   - capacity: the bytes that the entries will have.
  ///   - limit: lower than usual only for tests of zip64.
  init(alignment: Int, capacity: Int = 0, limit: UInt64 = 0xFFFF_FFFE) {
    self.alignment = alignment
    self.limit = limit
    bytes.reserveCapacity(capacity)
  }

  /// Appends an entry.
  mutating func append(_ content: [UInt8], name: String) {
    let start = UInt64(bytes.count)
    let size = UInt64(content.count)
    let checksum = Self.checksum(of: content)
    let isLarge = size > limit
    let path = Array(name.utf8)
    // The local header tells the sizes twice if they are large: stored and unpacked.
    var extra: [UInt8] = []
    if isLarge { Self.append(extra: Self.zip64Tag, [size, size], to: &extra) }
    let end = bytes.count + Self.localHeaderSize + path.count + extra.count + 4
    let padding = (alignment - end % alignment) % alignment
    Self.append(Self.paddingTag, to: &extra)
    Self.append(UInt16(padding), to: &extra)
    extra += [UInt8](repeating: 0, count: padding)

    Self.append(UInt32(0x0403_4B50), to: &bytes)
    appendDescription(checksum, size: isLarge ? nil : size, isLarge: isLarge, to: &bytes)
    Self.append(UInt16(path.count), to: &bytes)
    Self.append(UInt16(extra.count), to: &bytes)
    bytes += path
    bytes += extra
    bytes += content

    // The directory tells again, and where the entry is.
    let isFar = start > limit
    var directoryExtra: [UInt8] = []
    let large = (isLarge ? [size, size] : []) + (isFar ? [start] : [])
    if !large.isEmpty { Self.append(extra: Self.zip64Tag, large, to: &directoryExtra) }
    Self.append(UInt32(0x0201_4B50), to: &directory)
    Self.append(Self.version(isLarge || isFar), to: &directory)
    appendDescription(
      checksum, size: isLarge ? nil : size, isLarge: isLarge || isFar, to: &directory)
    Self.append(UInt16(path.count), to: &directory)
    Self.append(UInt16(directoryExtra.count), to: &directory)
    // No comment, the first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 10)
    Self.append(isFar ? .max : UInt32(start), to: &directory)
    directory += path
    directory += directoryExtra
    entryCount += 1
  }

  /// Returns the whole file.
  consuming func finish() -> [UInt8] {
    let start = UInt64(bytes.count)
    let size = UInt64(directory.count)
    bytes += directory
    let isLarge = start > limit || size > limit || entryCount >= min(0xFFFF, limit)
    if isLarge {
      let end = UInt64(bytes.count)
      Self.append(UInt32(0x0606_4B50), to: &bytes)
      Self.append(UInt64(44), to: &bytes)
      Self.append(Self.version(true), to: &bytes)
      Self.append(Self.version(true), to: &bytes)
      Self.append(UInt64(0), to: &bytes)
      for number in [entryCount, entryCount, size, start] { Self.append(number, to: &bytes) }
      Self.append(UInt32(0x0706_4B50), to: &bytes)
      Self.append(UInt32(0), to: &bytes)
      Self.append(end, to: &bytes)
      Self.append(UInt32(1), to: &bytes)
    }
    Self.append(UInt32(0x0605_4B50), to: &bytes)
    Self.append(UInt32(0), to: &bytes)
    for _ in 0..<2 { Self.append(isLarge ? .max : UInt16(entryCount), to: &bytes) }
    for number in [size, start] { Self.append(isLarge ? .max : UInt32(number), to: &bytes) }
    Self.append(UInt16(0), to: &bytes)
    return bytes
  }

  // MARK: Parts

  private static let localHeaderSize = 30
  private static let zip64Tag: UInt16 = 1
  /// The tag that PyTorch gives to its padding; a reader skips tags that it does not know.
  private static let paddingTag: UInt16 = 0x4246

  /// The version of the format that a reader needs.
  private static func version(_ isLarge: Bool) -> UInt16 { isLarge ? 45 : 10 }

  /// What both headers of an entry hold between their signature and their lengths.
  private func appendDescription(
    _ checksum: UInt32, size: UInt64?, isLarge: Bool, to target: inout [UInt8]
  ) {
    Self.append(Self.version(isLarge), to: &target)
    // Names are UTF-8; stored; midnight of 1980-01-01, as time must not change the bytes.
    for number: UInt16 in [0x0800, 0, 0, 0x0021] { Self.append(number, to: &target) }
    Self.append(checksum, to: &target)
    for _ in 0..<2 { Self.append(size.map(UInt32.init) ?? .max, to: &target) }
  }

  /// The CRC-32 of IEEE 802.3.
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    UInt32(crc32_z(0, bytes, bytes.count))
  }

  private static func append(extra tag: UInt16, _ numbers: [UInt64], to target: inout [UInt8]) {
    append(tag, to: &target)
    append(UInt16(8 * numbers.count), to: &target)
    for number in numbers { append(number, to: &target) }
  }

  private static func append<Number: FixedWidthInteger>(
    _ number: Number, to target: inout [UInt8]
  ) {
    withUnsafeBytes(of: number.littleEndian) { target += $0 }
  }
}
