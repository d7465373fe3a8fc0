// Every loss and every layer against finite differences of a twin in double precision that knows
// nothing of blocks, panels or bags.
import Glibc
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct GradientTests {
  static let pool = WorkerPool(threads: 3)

  /// Rows of doubles.
  typealias Rows = [[Double]]

  static func rows(_ matrix: Matrix<Float>) -> Rows {
    (0..<matrix.rows).map { matrix.row($0).map(Double.init) }
  }

  static func buffer(_ matrix: Matrix<Float>) -> AlignedBuffer<Float> {
    let buffer = AlignedBuffer<Float>(count: matrix.elements.count)
    _ = buffer.elements.update(from: matrix.elements)
    return buffer
  }

  static func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The derivatives of a function by each element of some rows.
  static func differences(_ rows: Rows, _ function: (Rows) -> Double) -> [Double] {
    var rows = rows
    var result: [Double] = []
    let step = 1e-5
    for row in rows.indices {
      for column in rows[row].indices {
        let value = rows[row][column]
        rows[row][column] = value + step
        let above = function(rows)
        rows[row][column] = value - step
        result.append((above - function(rows)) / (2 * step))
        rows[row][column] = value
      }
    }
    return result
  }

  static func expectEqual(
    _ block: MatrixBlock, _ expected: [Double], tolerance: Double = 2e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (place, value) in expected.enumerated() {
      #expect(
        abs(Double(block.base[place]) - value) <= tolerance, "element \(place)",
        sourceLocation: sourceLocation)
    }
  }

  /// The softmax loss by its definition.
  ///
  /// - Parameters:
  ///   - negatives: the places of the candidates that each user's items compete with.
  ///   - weights: what is added to the scores of those that the user did not take.
  static func softmaxLoss(
    _ users: Rows, _ items: Rows, offsets: [Int], places: [Int32], negatives: Range<Int>,
    weights: [Float]? = nil, temperature: Double
  ) -> Double {
    var sum = 0.0
    for user in users.indices {
      let own = Set(places[offsets[user]..<offsets[user + 1]].map(Int.init))
      let z = items.map { dot(users[user], $0) / temperature }
      let others = negatives.filter { !own.contains($0) }
      let total =
        own.reduce(0.0) { $0 + exp(z[$1]) }
        + others.reduce(0.0) { $0 + exp(z[$1] + Double(weights?[$1] ?? 0)) }
      for item in own { sum += log(total) - z[item] }
    }
    return sum / Double(places.count)
  }

  /// For each user the items: nothing for some users, all for some.
  static func taken(users: Int, items: Int) -> (offsets: [Int], places: [Int32]) {
    var generator = SeededGenerator(seed: 3)
    var (offsets, places) = ([0], [Int32]())
    for user in 0..<users {
      let chance = [0.4, 0, 1][user == 0 ? 0 : user % 3]
      places += (0..<Int32(items)).filter { $0 == 0 && user == 0 || generator.uniform() < chance }
      offsets.append(places.count)
    }
    return (offsets, places)
  }

  /// Compares a loss and its gradients by users and items with those of the definition.
  static func expectLoss(
    shape: [Int],
    _ compute: (
      _ users: MatrixBlock, _ items: MatrixBlock, _ userGradient: MatrixBlock,
      _ itemGradient: MatrixBlock
    ) -> Double, is definition: (Rows, Rows) -> Double
  ) {
    let (users, items, width) = (shape[0], shape[1], shape[2])
    let userVectors = randomMatrix(rows: users, columns: width, seed: 1, isUnit: true)
    let itemVectors = randomMatrix(rows: items, columns: width, seed: 2, isUnit: true)
    let (left, right) = (buffer(userVectors), buffer(itemVectors))
    let (leftGradient, rightGradient) = (
      AlignedBuffer<Float>(count: left.count), AlignedBuffer<Float>(count: right.count)
    )
    func block(_ buffer: AlignedBuffer<Float>, _ rows: Int) -> MatrixBlock {
      MatrixBlock(buffer.base, rows: rows, columns: width)
    }
    let loss = compute(
      block(left, users), block(right, items), block(leftGradient, users),
      block(rightGradient, items))
    let (userRows, itemRows) = (rows(userVectors), rows(itemVectors))
    let expected = definition(userRows, itemRows)
    #expect(abs(loss - expected) < 1e-5 * max(1, abs(expected)))
    expectEqual(
      block(leftGradient, users), differences(userRows) { definition($0, itemRows) })
    expectEqual(
      block(rightGradient, items), differences(itemRows) { definition(userRows, $0) })
  }

  @Test(arguments: [[1, 1, 1], [3, 5, 2], [40, 7, 4], [5, 300, 3]])
  func `the grouped softmax and its gradients agree with their definition`(shape: [Int]) {
    let (offsets, places) = Self.taken(users: shape[0], items: shape[1])
    let positives = Positives(offsets: offsets, places: places)
    Self.expectLoss(shape: shape) { users, items, userGradient, itemGradient in
      GroupedSoftmax(temperature: 0.2, mostScores: shape[1] * 32).compute(
        users: users, candidates: items, positives: positives, userGradient: userGradient,
        candidateGradient: itemGradient, pool: Self.pool)
    } is: {
      Self.softmaxLoss(
        $0, $1, offsets: offsets, places: places, negatives: 0..<shape[1], temperature: 0.2)
    }
  }

  @Test(
    arguments: [[1, 1, 1], [3, 5, 2], [40, 7, 4], [150, 9, 3], [5, 300, 3]], [0.1, 0.6, 1])
  func `the sampled softmax and its gradients agree with their definition`(
    shape: [Int], share: Double
  ) {
    let (offsets, places) = Self.taken(users: shape[0], items: shape[1])
    let negatives = max(1, Int(share * Double(shape[1])))
    let candidates = SampledCandidates(
      items: Array(0..<Int32(shape[1])),
      logWeights: randomFloats(negatives, seed: 5).map { 2 + $0 }, offsets: offsets, places: places)
    Self.expectLoss(shape: shape) { users, items, userGradient, itemGradient in
      SampledSoftmax(temperature: 0.2, mostScores: negatives * 64).compute(
        users: users, vectors: items, candidates, userGradient: userGradient,
        candidateGradient: itemGradient, pool: Self.pool)
    } is: {
      Self.softmaxLoss(
        $0, $1, offsets: offsets, places: places, negatives: 0..<negatives,
        weights: candidates.logWeights, temperature: 0.2)
    }
  }

  @Test(arguments: [[4, 5, 3, 5], [1, 1, 1, 1], [7, 3, 4, 600], [20, 30, 32, 256]])
  func `squared error and its gradients agree with their definition`(shape: [Int]) {
    let (userCount, itemCount, width, count) = (shape[0], shape[1], shape[2], shape[3])
    let users = randomMatrix(rows: userCount, columns: width, seed: 1)
    let items = randomMatrix(rows: itemCount, columns: width, seed: 2)
    var generator = SeededGenerator(seed: 4)
    // The last user and the last item may have no rating.
    func places(_ among: Int) -> [Int32] {
      (0..<count).map { _ in Int32.random(in: 0..<Int32(max(1, among - 1)), using: &generator) }
    }
    let (userPlaces, itemPlaces) = (places(userCount), places(itemCount))
    let ratings = randomFloats(count, seed: 3)
    func mean(_ users: Rows, _ items: Rows) -> Double {
      ratings.indices.reduce(0.0) { sum, index in
        let score = Self.dot(users[Int(userPlaces[index])], items[Int(itemPlaces[index])])
        let difference = score - Double(ratings[index])
        return sum + difference * difference / Double(ratings.count)
      }
    }
    let (left, right) = (Self.buffer(users), Self.buffer(items))
    let (leftGradient, rightGradient) = (
      AlignedBuffer<Float>(count: left.count), AlignedBuffer<Float>(count: right.count)
    )
    func block(_ buffer: AlignedBuffer<Float>, _ rows: Int) -> MatrixBlock {
      MatrixBlock(buffer.base, rows: rows, columns: width)
    }
    let sum = RatingError.compute(
      users: block(left, userCount), items: block(right, itemCount), userPlaces: userPlaces,
      itemPlaces: itemPlaces, ratings: ratings, userGradient: block(leftGradient, userCount),
      itemGradient: block(rightGradient, itemCount), pool: Self.pool)
    let (userRows, itemRows) = (Self.rows(users), Self.rows(items))
    let expected = mean(userRows, itemRows)
    #expect(abs(sum / Double(count) - expected) < 1e-5 * max(1, expected))
    Self.expectEqual(
      block(leftGradient, userCount), Self.differences(userRows) { mean($0, itemRows) })
    Self.expectEqual(
      block(rightGradient, itemCount), Self.differences(itemRows) { mean(userRows, $0) })
  }

  @Test func `distinct entities ascend, and each one given has its place among them`() {
    var distinct = DistinctEntities(among: 10)
    for given: [Int32] in [[7, 2, 7, 9, 2], [], [0], [3, 3, 3], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]] {
      distinct.update(given)
      #expect(distinct.entities == Set(given).sorted())
      #expect(distinct.places.map { distinct.entities[Int($0)] } == given)
    }
  }

  /// A tower by its definition, from its arrays.
  static func encode(
    _ shape: TowerShape, _ parameters: [Double], bags: [[Int]], numbers: Rows
  ) -> Rows {
    func array(_ name: String) -> (values: ArraySlice<Double>, columns: Int) {
      guard let part = shape.parts.first(where: { $0.name == name }) else { return ([], 0) }
      return (parameters[part.range], part.shape.last ?? 0)
    }
    func row(_ name: String, _ row: Int) -> [Double] {
      let (values, columns) = array(name)
      return Array(values.dropFirst(row * columns).prefix(columns))
    }
    return bags.indices.map { entity in
      var x = [Double](repeating: 0, count: shape.firstWidth)
      for used in bags[entity] { x = zip(x, row("embedding_bag.weight", used)).map(+) }
      for (number, value) in numbers[entity].enumerated() {
        x = zip(x, row("numbers.weight", number)).map { $0 + value * $1 }
      }
      if !shape.hidden.isEmpty { x = zip(x, array("first.bias").values).map(+) }
      for layer in shape.hidden.indices {
        x = x.map { max(0, $0) }
        var y = Array(array("dense.\(layer).bias").values)
        for (input, value) in x.enumerated() {
          y = zip(y, row("dense.\(layer).weight", input)).map { $0 + value * $1 }
        }
        x = y
      }
      let length = dot(x, x).squareRoot()
      return x.map { length > 0 ? $0 / length : 0 }
    }
  }

  @Test(arguments: [[], [6], [7, 5]], [0, 3])
  func `a tower's vectors and gradients agree with their definition`(
    hidden: [Int], numbers: Int
  ) {
    let entities = 70
    let shape = TowerShape(ids: 11, vocabulary: 6, numbers: numbers, hidden: hidden, dimension: 4)
    var generator = SeededGenerator(seed: 7)
    let features = EntityFeatures(
      columns: 2,
      categories: (0..<entities * 2).map { _ in Int32.random(in: -1..<6, using: &generator) },
      vocabulary: 6, numbers: randomMatrix(rows: entities, columns: numbers, seed: 8))
    let ids = (0..<entities).map { _ in Int32.random(in: 0..<11, using: &generator) }
    let batch = TowerBatch(shape: shape, features: features)
    batch.fill(count: entities, entity: { Int32($0) }) { ids[Int($0)] }
    let values = randomFloats(shape.parameterCount, seed: 9)
    let parameters = Self.buffer(Matrix(rows: 1, columns: values.count, elements: values))
    let pass = TowerPass(shape: shape)
    pass.forward(batch, parameters: parameters.base, pool: Self.pool)

    let bags = (0..<entities).map { entity in
      [Int(ids[entity])]
        + features.categories[entity * 2..<entity * 2 + 2].filter { $0 >= 0 }.map { 11 + Int($0) }
    }
    let numberRows = Self.rows(features.numbers)
    let parameterRow = values.map(Double.init)
    let expected = Self.encode(shape, parameterRow, bags: bags, numbers: numberRows)
    Self.expectEqual(pass.output, expected.flatMap { $0 })

    // The loss is a random linear function of the vectors.
    let direction = randomMatrix(rows: entities, columns: 4, seed: 10)
    _ = UnsafeMutableBufferPointer(start: pass.outputGradient.base, count: entities * 4)
      .update(from: direction.elements)
    let gradients = AlignedBuffer<Float>(count: shape.parameterCount)
    pass.backward(
      batch, parameters: parameters.base, dense: gradients.base, pool: Self.pool)
    var uses = TableRowUses(tableRows: shape.tableRows)
    uses.update(batch)
    for (number, row) in uses.rows.enumerated() {
      for place in uses.places[uses.offsets[number]..<uses.offsets[number + 1]] {
        for column in 0..<shape.firstWidth {
          gradients.base[Int(row) * shape.firstWidth + column] +=
            pass.tableGradient.base[Int(place) * shape.firstWidth + column]
        }
      }
    }
    let differences = Self.differences([parameterRow]) { rows in
      let vectors = Self.encode(shape, rows[0], bags: bags, numbers: numberRows)
      return Self.dot(vectors.flatMap { $0 }, direction.elements.map(Double.init))
    }
    let scale = differences.map(abs).max() ?? 1
    Self.expectEqual(
      MatrixBlock(gradients.base, rows: 1, columns: shape.parameterCount), differences,
      tolerance: 1e-4 * max(1, scale))
  }
}
