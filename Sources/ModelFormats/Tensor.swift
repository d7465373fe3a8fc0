// A named array's type, shape and bytes, and the Swift types it reads as.

/// An array of numbers with a shape, as it is stored.
public struct Tensor: Sendable, Equatable {
  /// The type of the elements, by its name in the file.
  public enum ElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// The bytes of one element.
    public var size: Int {
      switch self {
      case .float64, .int64: 8
      case .float32, .int32, .uint32: 4
      case .int16, .uint16: 2
      case .int8, .uint8, .bool: 1
      }
    }
  }

  /// The type of the elements.
  public let elementType: ElementType
  /// The lengths of the axes; empty for a single number.
  public let shape: [Int]
  /// The elements in row-major order, little-endian.
  public let bytes: [UInt8]

  /// Creates a tensor of one axis.
  public init<Element: TensorElement>(_ elements: [Element]) {
    self.init(elements, shape: [elements.count])
  }

  /// Creates a tensor from its elements in row-major order.
  ///
  /// - Precondition: the product of `shape` is `elements.count`.
  public init<Element: TensorElement>(_ elements: [Element], shape: [Int]) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == elements.count,
      "\(elements.count) elements do not fill the shape \(shape)")
    elementType = Element.elementType
    self.shape = shape
    bytes = Element.bytes(of: elements)
  }

  /// Creates a tensor from bytes whose number was checked.
  init(elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// The bytes that a shape needs, or nil if it is not a shape or the number overflows.
  static func byteCount(_ shape: [Int], of elementType: ElementType) -> Int? {
    var count = elementType.size
    for length in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflows else { return nil }
      count = product
    }
    return count
  }

  /// Returns the elements, or nil if they are of another type.
  public func elements<Element: TensorElement>(as type: Element.Type) -> [Element]? {
    elementType == Element.elementType ? Element.elements(from: bytes) : nil
  }
}

/// A type that tensors hold.
public protocol TensorElement: Sendable {
  /// The stored type.
  static var elementType: Tensor.ElementType { get }
  /// Returns the stored form of elements.
  static func bytes(of elements: [Self]) -> [UInt8]
  /// Returns the elements of a stored form, whose length is a multiple of the element's.
  static func elements(from bytes: [UInt8]) -> [Self]
}

extension TensorElement where Self: BitwiseCopyable {
  /// Returns the stored form of elements.
  public static func bytes(of elements: [Self]) -> [UInt8] {
    #if _endian(big)
      #error("tensors are stored little-endian")
    #endif
    return elements.withUnsafeBytes { Array($0) }
  }

  /// Returns the elements of a stored form.
  public static func elements(from bytes: [UInt8]) -> [Self] {
    let count = bytes.count / elementType.size
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      // The types that conform are numbers as wide as their stored form, valid for any bits.
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes.prefix(count * elementType.size))
      initialized = count
    }
  }
}

extension Double: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .float64 }
}

extension Float: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .float32 }
}

extension Int64: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .int64 }
}

extension Int32: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .int32 }
}

extension Int16: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .int16 }
}

extension Int8: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .int8 }
}

extension UInt32: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .uint32 }
}

extension UInt16: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .uint16 }
}

extension UInt8: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .uint8 }
}

extension Bool: TensorElement {
  /// The stored type.
  public static var elementType: Tensor.ElementType { .bool }
  /// Returns the stored form of elements: a byte each, 0 or 1.
  public static func bytes(of elements: [Bool]) -> [UInt8] { elements.map { $0 ? 1 : 0 } }
  /// Returns the elements of a stored form.
  public static func elements(from bytes: [UInt8]) -> [Bool] { bytes.map { $0 != 0 } }
}
