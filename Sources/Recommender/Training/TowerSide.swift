// One tower in training: its inputs, its current batch, its parameters.

internal import NumericCore

/// A tower, and the batch that it is at.
final class TowerSide {
  let inputs: TowerInputs
  let shape: TowerShape
  let pass: TowerPass
  private let batch: TowerBatch
  private let optimizer: TowerOptimizer
  private var uses: TableRowUses
  private let dropout: Double
  /// The table row of each entity's id: that of an unknown id where no interaction tells of the
  /// entity, because a row that no step trains is noise.
  private let idRows: [Int32]
  private let random: CounterRandom
  private var batches: UInt64 = 0

  /// - Parameter interactions: the interactions of each entity.
  init(
    _ inputs: TowerInputs, interactions: SparseRows, side: String,
    configuration: TwoTowerConfiguration, random: CounterRandom
  ) throws {
    guard inputs.usesID || inputs.hasFeatures else { throw RecommenderError.noInputs(side: side) }
    try inputs.features.check(side: side)
    self.inputs = inputs
    shape = TowerShape(
      ids: inputs.usesID ? inputs.count + 1 : 0, vocabulary: inputs.features.vocabulary,
      numbers: inputs.features.numbers.columns, hidden: configuration.hidden,
      dimension: configuration.dimension)
    pass = TowerPass(shape: shape)
    batch = TowerBatch(shape: shape, features: inputs.features)
    optimizer = TowerOptimizer(
      shape: shape, configuration: configuration, random: random.split(0))
    uses = TableRowUses(tableRows: shape.tableRows)
    // Without features there is nothing that could stand in for the id.
    dropout = inputs.hasFeatures && inputs.usesID ? configuration.idDropout : 0
    idRows = (0..<inputs.count).map { interactions[$0].isEmpty ? 0 : Int32($0 + 1) }
    self.random = random.split(1)
  }

  /// The tower as it was at the end of the last epoch.
  var tower: Tower {
    optimizer.tower(
      unknownIDs: shape.ids > 0
        ? idRows.indices.compactMap { idRows[$0] == 0 ? $0 + 1 : nil } : [])
  }

  /// Whether embeddings of ids are vectors of the tower's dimension.
  var canWarmStart: Bool { shape.ids > 0 && shape.hidden.isEmpty }

  /// Gives every id an embedding with the direction of its row.
  func warmStart(_ vectors: Matrix<Float>) { optimizer.setDirections(vectors, firstRow: 1) }

  /// Ends an epoch: afterwards all parameters are those of the last step.
  func settle(pool: WorkerPool) { optimizer.settle(pool: pool) }

  /// Computes the vectors of all entities as they will be served.
  func encodeAll(pool: WorkerPool) {
    batch.fill(count: inputs.count, entity: { Int32($0) }) { idRows[Int($0)] }
    pass.forward(batch, parameters: optimizer.parameters.base, pool: pool)
  }

  /// Computes the vectors of the entities of a step, some of which go without their id.
  func forward(_ entities: [Int32], pool: WorkerPool) {
    let draws = random.split(batches)
    batches += 1
    batch.fill(count: entities.count, entity: { entities[$0] }) { entity in
      dropout > 0 && draws.uniform(at: UInt64(entity)) < dropout ? 0 : idRows[Int(entity)]
    }
    uses.update(batch)
    optimizer.settle(uses, pool: pool)
    pass.forward(batch, parameters: optimizer.parameters.base, pool: pool)
  }

  /// Takes a step along the gradient that the loss left in `pass.outputGradient`.
  func step(pool: WorkerPool) {
    pass.backward(
      batch, parameters: optimizer.parameters.base, dense: optimizer.denseGradients, pool: pool)
    optimizer.step(uses, sums: pass.tableGradient, pool: pool)
  }
}
