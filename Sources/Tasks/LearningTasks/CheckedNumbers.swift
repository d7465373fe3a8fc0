// Numbers of documents that are read back.

extension KeyedDecodingContainer {
  /// A number of a range.
  ///
  /// - Throws: `DecodingError`.
  func number(_ key: Key, in range: ClosedRange<Double>) throws -> Double {
    let number = try decode(Double.self, forKey: key)
    guard range.contains(number) else { throw refused(key, number) }
    return number
  }

  /// The ends of an interval within a range; nil where there is none.
  ///
  /// - Throws: `DecodingError`.
  func interval(_ key: Key, in range: ClosedRange<Double>) throws -> [Double]? {
    guard let ends = try decodeIfPresent([Double].self, forKey: key) else { return nil }
    guard ends.count == 2, range.contains(ends[0]), range.contains(ends[1]), ends[0] <= ends[1]
    else { throw refused(key, ends) }
    return ends
  }

  private func refused(_ key: Key, _ found: Any) -> DecodingError {
    .dataCorruptedError(forKey: key, in: self, debugDescription: "\(found)")
  }
}
