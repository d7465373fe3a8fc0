// The checksum of zip files: CRC-32 of IEEE 802.3, eight bytes a step.
// Ours, because a system library for one short function would be one more thing to install.
// Method: Kounavis and Berry, "A systematic approach to building high performance software-based
// CRC generators", ISCC 2005 (slicing-by-8).

/// The CRC-32 of bytes.
enum CyclicRedundancyCheck {
  /// The reversed polynomial.
  private static let polynomial: UInt32 = 0xEDB8_8320

  /// For each byte, what it does to the checksum; slice k is for a byte that k more follow.
  private static let slices: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      table[byte] = value
    }
    for index in 256..<8 * 256 {
      let shorter = table[index - 256]
      table[index] = shorter >> 8 ^ table[Int(shorter & 0xFF)]
    }
    return table
  }()

  /// Returns the checksum.
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    let slices = slices.span
    let bytes = bytes.span
    var state = UInt32.max
    var index = 0
    while index + 8 <= bytes.count {
      var low = state
      for place in 0..<4 { low ^= UInt32(bytes[index + place]) << UInt32(8 * place) }
      state = 0
      for place in 0..<4 {
        state ^= slices[(7 - place) << 8 | Int(low >> UInt32(8 * place) & 0xFF)]
        state ^= slices[(3 - place) << 8 | Int(bytes[index + 4 + place])]
      }
      index += 8
    }
    while index < bytes.count {
      state = state >> 8 ^ slices[Int((state ^ UInt32(bytes[index])) & 0xFF)]
      index += 1
    }
    return ~state
  }
}
