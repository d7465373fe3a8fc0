// Models on disk: named arrays and string metadata, with nothing in them that could be executed.
// Format: https://huggingface.co/docs/safetensors (eight bytes with the length of a JSON header,
// the header, then the bytes of the arrays without gaps).

internal import Storage

/// A set of named tensors with string metadata.
public struct SafetensorsFile: Sendable {
  /// The name of the file for error messages.
  public let file: String
  /// Strings about the file as a whole.
  public var metadata: [String: String]
  /// The arrays by name.
  public var tensors: [String: Tensor]

  /// Creates a file from its parts.
  public init(
    metadata: [String: String] = [:], tensors: [String: Tensor] = [:], file: String = "memory"
  ) {
    self.file = file
    self.metadata = metadata
    self.tensors = tensors
  }

  /// The longest file that is read.
  public static let longestFile = 1 << 36

  /// Reads a file.
  ///
  /// - Throws: `StorageError`.
  public init(contentsOf path: String) throws {
    try self.init(decoding: PlainFile.read(path, limit: Self.longestFile), file: path)
  }

  /// Returns the elements of a tensor.
  ///
  /// - Parameter shape: the expected lengths of the axes, nil where any will do.
  /// - Throws: `StorageError.corrupt` if there is no such tensor, or one of another type or shape.
  public func tensor<Element: TensorElement>(
    _ name: String, as type: Element.Type, shape: [Int?] = [nil]
  ) throws -> [Element] {
    let lengths = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
    let expected = "\(Element.elementType.rawValue) [\(lengths)]"
    guard let tensor = tensors[name] else { throw corrupt(name, "missing", expected) }
    let hasShape =
      tensor.shape.count == shape.count
      && zip(tensor.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
    guard hasShape, let elements = tensor.elements(as: type) else {
      throw corrupt(name, "\(tensor.elementType.rawValue) \(tensor.shape)", expected)
    }
    return elements
  }

  /// Returns a string of the metadata.
  ///
  /// - Throws: `StorageError.corrupt` if there is none of that name.
  public func metadata(_ name: String) throws -> String {
    guard let value = metadata[name] else {
      throw StorageError.corrupt(
        file: file, item: "metadata \(name)", found: "missing", expected: "a string")
    }
    return value
  }

  private func corrupt(_ name: String, _ found: String, _ expected: String) -> StorageError {
    .corrupt(file: file, item: "tensor \(name)", found: found, expected: expected)
  }
}
