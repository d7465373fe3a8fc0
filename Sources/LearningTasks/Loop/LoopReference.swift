// reference.json: what a version has learnt from, so that later files can be held against it.
import Storage

/// The reference of a version.
package protocol LoopReference: Codable {
  static var newestFormatVersion: Int { get }
  /// What messages call it.
  static var noun: String { get }
  var formatVersion: Int { get }
  /// What it contradicts itself in; nil if it does not.
  var problem: String? { get }
}

extension LoopReference {
  /// Reads the reference of a version.
  ///
  /// - Throws: `StorageError`.
  package init(folder: String) throws {
    let path = "\(folder)/\(LoopFolder.reference)"
    try self.init(decoding: AtomicFile.read(path), file: path)
  }

  /// Reads the text of a reference.
  ///
  /// - Throws: `StorageError`.
  init(decoding bytes: [UInt8], file: String) throws {
    let expected = "the \(Self.noun) that training wrote"
    let reference = try CheckedJSON.value(Self.self, from: bytes, file: file, expected: expected)
    guard reference.formatVersion <= Self.newestFormatVersion else {
      throw StorageError.newerVersion(
        file: file, found: reference.formatVersion, newest: Self.newestFormatVersion)
    }
    if let problem = reference.problem {
      throw StorageError.corrupt(
        file: file, item: Self.noun, found: "with \(problem)", expected: expected)
    }
    self = reference
  }
}
