// Reading the format, trusting nothing. Only headers as numpy writes them are taken: a dictionary of
// three entries in one line, which needs no parser of Python.

internal import Storage

extension NumPyFile {
  /// Reads the bytes of a file: version 1.0, little-endian, in row-major order.
  ///
  /// - Parameter file: the name for error messages.
  /// - Throws: `StorageError.corrupt` if the header is not one, or if the data do not fill the
  ///   shape exactly.
  public static func decoded(_ bytes: [UInt8], file: String = "memory") throws -> Tensor {
    func corrupt(_ item: String, _ found: String, _ expected: String) -> StorageError {
      .corrupt(file: file, item: item, found: found, expected: expected)
    }
    guard bytes.starts(with: magic), bytes.count >= magic.count + 2 else {
      throw corrupt("a start", "that is not numpy's", "a .npy file of version 1.0")
    }
    let start = magic.count + 2
    let length = Int(bytes[magic.count]) | Int(bytes[magic.count + 1]) << 8
    guard length <= bytes.count - start else {
      throw corrupt("header length", "\(length)", "at most \(bytes.count - start)")
    }
    let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard let header = Header(text) else {
      throw corrupt("header", text.prefix(80).description, "descr, fortran_order and shape")
    }
    guard !header.isColumnMajor else {
      throw corrupt("fortran_order", "True", "False, which is the order of rows")
    }
    guard let type = typeNames.first(where: { $0.value == header.type })?.key else {
      let known = typeNames.values.sorted().joined(separator: ", ")
      throw corrupt("type", header.type, "one of \(known)")
    }
    let content = Array(bytes[(start + length)...])
    guard Tensor.byteCount(header.shape, of: type) == content.count else {
      throw corrupt("data of", "\(content.count) bytes", "\(header.type) \(header.shape)")
    }
    guard type != .bool || content.allSatisfy({ $0 <= 1 }) else {
      throw corrupt("data with", "a byte above 1", "0 or 1")
    }
    return Tensor(elementType: type, shape: header.shape, bytes: content)
  }

  /// The three entries of a header.
  private struct Header {
    var type: String
    var isColumnMajor: Bool
    var shape: [Int]

    init?(_ text: String) {
      guard let type = Self.value(of: "descr", in: text, from: "'", to: "'"),
        let order = Self.value(of: "fortran_order", in: text, from: "", to: ","),
        let lengths = Self.value(of: "shape", in: text, from: "(", to: ")"),
        order == "True" || order == "False"
      else { return nil }
      self.type = type
      isColumnMajor = order == "True"
      shape = []
      // The comma after the last length is the tuple's.
      var parts = lengths.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
      if parts.last == "" { parts.removeLast() }
      for part in parts {
        guard let length = Int(part), length >= 0 else { return nil }
        shape.append(length)
      }
    }

    /// The text between two marks behind a key.
    private static func value(
      of key: String, in text: String, from open: String, to close: String
    ) -> String? {
      guard let place = text.firstRange(of: "'\(key)':") else { return nil }
      let rest = trimmed(text[place.upperBound...])
      guard rest.hasPrefix(open) else { return nil }
      let content = rest.dropFirst(open.count)
      guard let end = content.firstRange(of: close) else { return nil }
      return trimmed(content[..<end.lowerBound])
    }

    private static func trimmed(_ text: Substring) -> String {
      String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
  }
}
