// A hash of bytes that is the same in every process and on every machine.

extension Sequence<UInt8> {
  /// The FNV-1a hash of 64 bits.
  @inlinable public var fnv1a: UInt64 {
    reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
