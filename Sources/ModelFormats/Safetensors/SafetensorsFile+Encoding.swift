// Writing the format: the same bytes for the same values.

internal import Texts

extension SafetensorsFile {
  /// Returns the bytes of the file.
  ///
  /// The header's keys are sorted, spaces after it make the data start at a multiple of 8, and the
  /// tensors follow each other from the widest elements to the narrowest, then by name, so that
  /// each starts at a multiple of its element size.
  public func encoded() -> [UInt8] {
    let order = tensors.sorted { left, right in
      let (leftSize, rightSize) = (left.value.elementType.size, right.value.elementType.size)
      return leftSize == rightSize ? left.key.precedesInBytes(right.key) : leftSize > rightSize
    }
    var members: [String: String] = [:]
    if !metadata.isEmpty {
      members[Self.metadataKey] = JSONText.object(metadata.mapValues(JSONText.literal))
    }
    var offset = 0
    for (name, tensor) in order {
      precondition(name != Self.metadataKey, "a tensor cannot be named \(name)")
      let end = offset + tensor.bytes.count
      members[name] = JSONText.object([
        "dtype": JSONText.literal(tensor.elementType.rawValue),
        "shape": "[\(tensor.shape.map(String.init).joined(separator: ","))]",
        "data_offsets": "[\(offset),\(end)]",
      ])
      offset = end
    }
    var header = Array(JSONText.object(members).utf8)
    header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for (_, tensor) in order { bytes += tensor.bytes }
    return bytes
  }

  /// The header's key for the strings about the file.
  static let metadataKey = "__metadata__"
}
