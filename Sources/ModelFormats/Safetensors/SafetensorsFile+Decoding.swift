// Reading the format, trusting nothing: every length and offset is checked before it is used.

internal import Storage
internal import Texts

extension SafetensorsFile {
  /// The longest header that is read, which is the format's own limit.
  public static let longestHeader = 100_000_000

  /// Reads the bytes of a file.
  ///
  /// - Parameter file: the name for error messages.
  /// - Throws: `StorageError.corrupt` if the header is not one, or if the tensors overlap, leave
  ///   gaps, reach beyond the end or do not fill their shapes.
  public init(decoding bytes: [UInt8], file: String = "memory") throws {
    func corrupt(_ item: String, _ found: String, _ expected: String) -> StorageError {
      .corrupt(file: file, item: item, found: found, expected: expected)
    }
    guard bytes.count >= 8 else {
      throw corrupt("size", "\(bytes.count)", "at least 8 bytes")
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let longest = min(bytes.count - 8, Self.longestHeader)
    guard length <= UInt64(longest) else {
      throw corrupt("header length", "\(length)", "at most \(longest)")
    }
    let dataStart = 8 + Int(length)
    guard dataStart > 8, bytes[8] == UInt8(ascii: "{") else {
      throw corrupt("header", "that is not one", "a JSON object of tensors")
    }
    let header = try CheckedJSON.value(
      Header.self, from: bytes[8..<dataStart], file: file, place: "header",
      expected: "a JSON object of tensors")

    var tensors: [String: Tensor] = [:]
    var end = 0
    for (name, entry) in header.entries.sorted(by: Header.precedes) {
      let item = "tensor \(name)"
      guard let elementType = Tensor.ElementType(rawValue: entry.dtype) else {
        let known = Tensor.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
        throw corrupt("\(item) of type", entry.dtype, "one of \(known)")
      }
      guard entry.offsets.count == 2, entry.offsets[0] == end, entry.offsets[1] >= end,
        entry.offsets[1] <= bytes.count - dataStart
      else {
        throw corrupt(
          "\(item) at", "\(entry.offsets)",
          "a range from \(end) to at most \(bytes.count - dataStart)")
      }
      let size = entry.offsets[1] - end
      guard Tensor.byteCount(entry.shape, of: elementType) == size else {
        throw corrupt(
          "\(item) of", "\(size) bytes", "\(elementType.rawValue) \(entry.shape)")
      }
      let content = Array(bytes[dataStart + end..<dataStart + end + size])
      guard elementType != .bool || content.allSatisfy({ $0 <= 1 }) else {
        throw corrupt("\(item) with", "a byte above 1", "0 or 1")
      }
      tensors[name] = Tensor(elementType: elementType, shape: entry.shape, bytes: content)
      end += size
    }
    guard end == bytes.count - dataStart else {
      throw corrupt("data of", "\(bytes.count - dataStart) bytes", "\(end)")
    }
    self.init(metadata: header.metadata, tensors: tensors, file: file)
  }
}

/// The JSON object in front of the data.
private struct Header: Decodable {
  struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var metadata: [String: String] = [:]
  var entries: [String: Entry] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if key.stringValue == SafetensorsFile.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  /// The order of the data; empty tensors come before the one that starts where they do.
  static func precedes(
    _ left: (key: String, value: Entry), _ right: (key: String, value: Entry)
  ) -> Bool {
    left.value.offsets == right.value.offsets
      ? left.key.precedesInBytes(right.key)
      : left.value.offsets.lexicographicallyPrecedes(right.value.offsets)
  }
}
