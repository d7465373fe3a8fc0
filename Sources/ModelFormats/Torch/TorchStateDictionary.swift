// The parameters of a model as PyTorch keeps them on disk since 1.6: a zip file with a pickle of the
// names and shapes, and one entry per array that the pickle refers to.

internal import Storage

/// Writes state dictionaries that `torch.load(path, weights_only=True)` opens.
public enum TorchStateDictionary {
  /// Where an array starts in the file, so that PyTorch can map it.
  private static let alignment = 64

  /// Returns the bytes of a file, the same for the same parameters in the same order.
  ///
  /// - Parameters:
  ///   - parameters: names that differ, and arrays of a type that PyTorch has a storage for: all but
  ///     the unsigned ones of 16 and 32 bits.
  ///   - name: the folder inside the file; PyTorch takes the file's name without its ending.
  public static func encoded(
    _ parameters: [(name: String, array: Tensor)], name: String
  ) -> [UInt8] {
    precondition(
      Set(parameters.map(\.name)).count == parameters.count, "two parameters have the same name")
    let size = parameters.reduce(0) { $0 + $1.array.bytes.count + 4 * alignment }
    var zip = StoredZip(alignment: alignment, capacity: size + 4096)
    zip.append(pickle(of: parameters), name: "\(name)/data.pkl")
    zip.append(Array("little".utf8), name: "\(name)/byteorder")
    for (index, parameter) in parameters.enumerated() {
      zip.append(parameter.array.bytes, name: "\(name)/data/\(index)")
    }
    // The version of the layout, which is not that of PyTorch.
    zip.append(Array("3\n".utf8), name: "\(name)/version")
    return zip.finish()
  }

  /// Writes a file that is whole or absent.
  ///
  /// - Throws: `StorageError.system`.
  public static func write(
    _ parameters: [(name: String, array: Tensor)], to path: String
  ) throws {
    let file = FileSystem.name(of: FileSystem.absolute(path))
    let name = file.hasSuffix(".pth") ? String(file.dropLast(4)) : file
    try AtomicFile.write(encoded(parameters, name: name), to: path)
  }

  private static func pickle(of parameters: [(name: String, array: Tensor)]) -> [UInt8] {
    let entries = parameters.enumerated().map { index, parameter in
      (
        key: PickleValue.string(parameter.name),
        value: tensor(parameter.array, storage: index)
      )
    }
    return Pickle.encode(.orderedDictionary(entries), format: .protocol2)
  }

  /// A tensor over a whole storage, without gradient or hooks.
  private static func tensor(_ array: Tensor, storage index: Int) -> PickleValue {
    guard let storage = storages[array.elementType] else {
      preconditionFailure("PyTorch has no storage for \(array.elementType)")
    }
    let count = array.bytes.count / array.elementType.size
    return .call(
      module: "torch._utils", name: "_rebuild_tensor_v2",
      arguments: [
        .persistent(
          .tuple([
            .string("storage"), .global(module: "torch", name: storage), .string("\(index)"),
            .string("cpu"), .int(count),
          ])),
        .int(0), .tuple(array.shape.map { .int($0) }),
        .tuple(strides(of: array.shape).map { .int($0) }), .bool(false), .orderedDictionary([]),
      ])
  }

  /// The elements from one index to the next along each axis, in row-major order.
  private static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in strides.indices.dropLast().reversed() {
      // An axis of length 0 counts as 1, as in PyTorch.
      strides[axis] = strides[axis + 1] * max(1, shape[axis + 1])
    }
    return strides
  }

  /// The classes of `torch` that hold the elements of each type.
  private static let storages: [Tensor.ElementType: String] = [
    .float64: "DoubleStorage", .float32: "FloatStorage", .int64: "LongStorage",
    .int32: "IntStorage", .int16: "ShortStorage", .int8: "CharStorage", .uint8: "ByteStorage",
    .bool: "BoolStorage",
  ]
}
