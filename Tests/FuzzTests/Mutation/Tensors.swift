// Damage of a safetensors file: its arrays, its metadata, its header, its bytes.
import ModelFormats
import NumericCore

extension SafetensorsFile {
  /// The bytes of a file after some changes.
  ///
  /// - Parameter texts: the metadata that are JSON.
  func mutatedBytes(texts: [String], _ random: inout SeededGenerator) -> [UInt8] {
    var file = self
    switch random.index(10) {
    case 0: return encoded().mutatedBytes(&random)
    case 1: return Self.changingHeader(encoded(), &random)
    case 2:
      let name = random.one(of: metadata.keys.sorted())
      file.metadata[name] = random.one(of: [
        nil, "", "1", "x", "binary", "platt", "isotonic", "none",
      ])
    case 3...5:
      let name = random.one(of: texts)
      file.metadata[name] = metadata[name].map { JSONTree($0).mutated(&random).text }
    default:
      for _ in 0...random.index(3) {
        let name = random.one(of: tensors.keys.sorted())
        file.tensors[name] = file.tensors[name]?.mutated(&random)
      }
    }
    return file.encoded()
  }

  private static func changingHeader(
    _ bytes: [UInt8], _ random: inout SeededGenerator
  ) -> [UInt8] {
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    let changed = Array(JSONTree(header).mutated(&random).text.utf8)
    return withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) } + changed
      + bytes[(8 + length)...]
  }
}

extension Tensor {
  /// The tensor after a change; nil removes it.
  fileprivate func mutated(_ random: inout SeededGenerator) -> Tensor? {
    switch elementType {
    case .float64:
      change(
        Double.self, [.nan, .infinity, 0, -1, 1e308, -1e308, Double.leastNonzeroMagnitude], &random)
    case .float32:
      change(
        Float.self, [.nan, -.infinity, 0, -1, 1, 3e38, -3e38, Float.leastNonzeroMagnitude], &random)
    case .int64: change(Int64.self, [.min, .max, -1, 0, 1, 2, 1 << 32], &random)
    case .int32: change(Int32.self, [.min, .max, -1, 0, 1, 2, 3], &random)
    case .uint16: change(UInt16.self, [0, 1, 2, 3, 7, .max], &random)
    case .uint8: change(UInt8.self, [0, 1, 2, 254, 255], &random)
    case .int16, .int8, .uint32, .bool: nil
    }
  }

  private func change<Element: TensorElement>(
    _ type: Element.Type, _ strange: [Element], _ random: inout SeededGenerator
  ) -> Tensor? {
    guard var elements = elements(as: type) else { return nil }
    guard !elements.isEmpty else { return Tensor([random.one(of: strange)]) }
    let (one, two) = (random.index(elements.count), random.index(elements.count))
    switch random.index(10) {
    case 0: return nil
    case 1:
      elements.remove(at: one)
      return Tensor(elements)
    case 2:
      elements.append(elements[one])
      return Tensor(elements)
    case 3: return Tensor(elements, shape: [elements.count, 1])
    case 4, 5: elements.swapAt(one, two)
    default: elements[one] = random.one(of: strange)
    }
    return Tensor(elements, shape: shape)
  }
}
