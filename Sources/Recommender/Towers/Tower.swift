// A trained tower: its sizes and its numbers, and how they are stored by name.

public import NumericCore

/// One array of a tower, as it is stored.
public struct NamedArray: Sendable, Equatable {
  /// The name, without the side.
  public let name: String
  /// The lengths of the axes, outermost first; dense weights are [inputs, outputs].
  public let shape: [Int]
  /// The elements in row-major order.
  public let elements: [Float]

  /// Creates an array.
  public init(name: String, shape: [Int], elements: [Float]) {
    self.name = name
    self.shape = shape
    self.elements = elements
  }
}

/// Maps what is known of an entity to a vector of unit length.
public struct Tower: Sendable, Equatable {
  /// The sizes.
  public let shape: TowerShape
  /// All parameters, in the order of `shape.parts`.
  let parameters: [Float]

  init(shape: TowerShape, parameters: [Float]) {
    precondition(parameters.count == shape.parameterCount)
    self.shape = shape
    self.parameters = parameters
  }

  /// The arrays, each under its name; arrays without elements are left out.
  public var arrays: [NamedArray] {
    shape.parts.filter { !$0.range.isEmpty }.map {
      NamedArray(name: $0.name, shape: $0.shape, elements: Array(parameters[$0.range]))
    }
  }

  /// Rebuilds a tower from its stored arrays, which may come in any order.
  ///
  /// - Throws: `RecommenderError.corruptModel`.
  public init(shape: TowerShape, arrays: [NamedArray]) throws {
    let shape = try shape.validated()
    let byName = Dictionary(arrays.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var parameters: [Float] = []
    for part in shape.parts where !part.range.isEmpty {
      guard let array = byName[part.name] else {
        throw RecommenderError.corruptModel(reason: "the array \(part.name) is missing")
      }
      guard array.shape == part.shape, array.elements.count == part.range.count else {
        throw RecommenderError.corruptModel(
          reason: "the array \(part.name) has shape \(array.shape), expected \(part.shape)")
      }
      guard array.elements.allSatisfy(\.isFinite) else {
        throw RecommenderError.corruptModel(reason: "the array \(part.name) is not finite")
      }
      parameters += array.elements
    }
    self.init(shape: shape, parameters: parameters)
  }

  /// Vectors, and the entities that have none.
  public struct Encoding: Sendable, Equatable {
    /// One row of unit length for each entity.
    public let vectors: Matrix<Float>
    /// The entities whose vector has no direction and is all zeros, ascending.
    public let zeros: [Int]
  }

  /// Returns the vectors of entities.
  ///
  /// - Parameters:
  ///   - features: what is known of each entity, with the columns of the training.
  ///   - ids: each entity's index in the training, -1 for a new one; nil if all are new.
  /// - Throws: `RecommenderError.unusableFeature`, `RecommenderError.unusableVector`.
  public func encode(_ features: EntityFeatures, ids: [Int32]? = nil, pool: WorkerPool) throws
    -> Encoding
  {
    precondition(ids == nil || ids?.count == features.count, "ids for every entity or none")
    precondition(
      features.numbers.columns == shape.numbers && features.vocabulary <= shape.vocabulary)
    try features.check(side: "entity")
    let pass = TowerPass(shape: shape)
    let batch = TowerBatch(shape: shape, features: features)
    batch.fill(count: features.count, entity: { Int32($0) }) { entity in
      ids.map { $0[Int(entity)] + 1 } ?? 0
    }
    let values = AlignedBuffer<Float>(count: parameters.count)
    _ = values.elements.update(from: parameters)
    pass.forward(batch, parameters: values.base, pool: pool)
    if let row = pass.unboundedRow { throw RecommenderError.unusableVector(row: row) }
    return pass.encoding
  }

  /// Returns the vectors of the entities of the training.
  ///
  /// - Throws: `RecommenderError.unusableFeature`.
  func encode(_ inputs: TowerInputs, pool: WorkerPool) throws -> Encoding {
    try encode(
      inputs.features, ids: inputs.usesID ? Array(0..<Int32(inputs.count)) : nil, pool: pool)
  }
}
