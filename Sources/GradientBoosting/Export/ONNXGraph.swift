// The messages of an ONNX file: nodes, attributes, tensors and the graph around them. Field numbers
// are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.

internal import ModelFormats
internal import Texts

/// A graph that is being written.
struct ONNXGraph {
  /// The type of a tensor's elements.
  enum ElementType: Int {
    case float = 1
    case int64 = 7
    case string = 8
    case double = 11
  }

  /// The value of an attribute.
  enum Attribute {
    case int(Int)
    case float(Float)
    case string(String)
    case doubles([Double])
    case floats([Float])
    case ints([Int])
    case strings([String])
  }

  /// The operators of ONNX, and those of its extension for machine learning.
  enum Domain: String { case core = "", machineLearning = "ai.onnx.ml" }

  private var graph = ProtobufMessage()
  private var taken: Set<ByteText>

  /// Creates an empty graph, in which no value has one of some names.
  init(name: String, avoiding names: [String]) {
    taken = Set(texts: names)
    graph.add(2, name)
  }

  /// Returns a name for a value that nothing else has.
  mutating func name(_ wanted: String) -> String {
    var name = wanted
    while !taken.insert(ByteText(name)).inserted { name += "_" }
    return name
  }

  /// Adds an input of `width` columns, or of one axis where it is nil.
  mutating func addInput(_ name: String, _ type: ElementType, width: Int?) {
    graph.add(11, Self.value(name, type, width: width))
  }

  /// Adds an output of `width` columns, or of one axis where it is nil.
  mutating func addOutput(_ name: String, _ type: ElementType, width: Int?) {
    graph.add(12, Self.value(name, type, width: width))
  }

  /// Adds a constant of one axis.
  mutating func addConstant(_ name: String, floats: [Float]) {
    var tensor = Self.tensor(.float, count: floats.count, name: name)
    tensor.add(9, bytes: floats.flatMap { Self.littleEndian($0.bitPattern) })
    graph.add(5, tensor)
  }

  /// Adds a constant of one axis.
  mutating func addConstant(_ name: String, integers: [Int]) {
    var tensor = Self.tensor(.int64, count: integers.count, name: name)
    tensor.add(9, bytes: integers.flatMap { Self.littleEndian(Int64($0)) })
    graph.add(5, tensor)
  }

  /// Adds an operation and returns the name of its result.
  @discardableResult
  mutating func add(
    _ operation: String, _ inputs: [String], domain: Domain = .core, output wanted: String,
    _ attributes: [(String, Attribute)] = []
  ) -> String {
    let output = name(wanted)
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input) }
    node.add(2, output)
    node.add(3, output)
    node.add(4, operation)
    for (name, value) in attributes { node.add(5, Self.attribute(name, value)) }
    node.add(7, domain.rawValue)
    graph.add(1, node)
    return output
  }

  /// The bytes of a file with this graph, for ONNX 1.10 and newer.
  var file: [UInt8] {
    var model = ProtobufMessage()
    model.add(1, 8)
    model.add(2, "mlcore")
    model.add(7, graph)
    for (domain, version) in [(Domain.core, 15), (.machineLearning, 3)] {
      var operators = ProtobufMessage()
      operators.add(1, domain.rawValue)
      operators.add(2, version)
      model.add(8, operators)
    }
    return model.bytes
  }

  private static func value(_ name: String, _ type: ElementType, width: Int?) -> ProtobufMessage {
    var rows = ProtobufMessage()
    rows.add(2, "rows")
    var shape = ProtobufMessage()
    shape.add(1, rows)
    if let width {
      var columns = ProtobufMessage()
      columns.add(1, width)
      shape.add(1, columns)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, type.rawValue)
    tensor.add(2, shape)
    var whole = ProtobufMessage()
    whole.add(1, tensor)
    var value = ProtobufMessage()
    value.add(1, name)
    value.add(2, whole)
    return value
  }

  private static func tensor(_ type: ElementType, count: Int, name: String) -> ProtobufMessage {
    var tensor = ProtobufMessage()
    tensor.add(1, count)
    tensor.add(2, type.rawValue)
    tensor.add(8, name)
    return tensor
  }

  private static func attribute(_ name: String, _ value: Attribute) -> ProtobufMessage {
    var attribute = ProtobufMessage()
    attribute.add(1, name)
    let type: Int
    switch value {
    case .float(let number):
      attribute.add(2, number)
      type = 1
    case .int(let number):
      attribute.add(3, number)
      type = 2
    case .string(let text):
      attribute.add(4, text)
      type = 3
    case .doubles(let numbers):
      var tensor = Self.tensor(.double, count: numbers.count, name: name)
      tensor.add(9, bytes: numbers.flatMap { littleEndian($0.bitPattern) })
      attribute.add(5, tensor)
      type = 4
    case .floats(let numbers):
      attribute.add(7, numbers)
      type = 6
    case .ints(let numbers):
      attribute.add(8, numbers)
      type = 7
    case .strings(let texts):
      for text in texts { attribute.add(9, text) }
      type = 8
    }
    attribute.add(20, type)
    return attribute
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}
