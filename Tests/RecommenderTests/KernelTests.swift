// Every kernel against the obvious loop, over lengths with and without tails.
import CKernels
import Glibc
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct KernelTests {
  static let lengths = [1, 2, 15, 16, 17, 31, 32, 33, 64, 200, 3_001]

  @Test func `exponentials agree with the C library`() {
    var values = randomFloats(5_000, seed: 1, reach: 87) + randomFloats(5_000, seed: 2)
    values += [0, -0.0, 1, -86.9, 87.9]
    var result = [Float](repeating: 0, count: values.count)
    mlk_exp_float(values, &result, values.count)
    for (value, found) in zip(values, result) {
      let expected = exp(Double(value))
      #expect(abs(Double(found) - expected) <= 3e-7 * expected, "e^\(value)")
    }
    mlk_exp_float([-87.1, -.infinity, .nan, 1_000], &result, 4)
    #expect(result[0] == 0 && result[1] == 0 && result[2].isNaN && result[3] > 1e38)
  }

  @Test(arguments: lengths, [false, true])
  func `softmax rows agree with the twin and with themselves in a wider matrix`(
    columns: Int, hasOffsets: Bool
  ) {
    let (rows, stride) = (3, columns + 5)
    var scores = randomFloats(rows * stride, seed: UInt64(columns))
    let before = scores
    let offsets = hasOffsets ? randomFloats(columns, seed: 9, reach: 4) : nil
    var largest = [Float](repeating: 0, count: rows)
    var sums = largest
    mlk_softmax_rows(&scores, rows, columns, stride, 5, offsets, &largest, &sums)
    for row in 0..<rows {
      let z = (0..<columns).map {
        5 * Double(before[row * stride + $0]) + Double(offsets?[$0] ?? 0)
      }
      let top = z.max() ?? 0
      #expect(abs(Double(largest[row]) - top) < 1e-5)
      var sum = 0.0
      for column in 0..<columns {
        let expected = exp(z[column] - top)
        sum += expected
        #expect(abs(Double(scores[row * stride + column]) - expected) < 5e-6)
      }
      #expect(abs(Double(sums[row]) - sum) < 1e-5 * sum)
      for column in columns..<stride {
        #expect(scores[row * stride + column] == before[row * stride + column])
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 41], [1, 7, 8, 9, 16, 30, 64])
  func `inner products agree with the twin, and equal rows have equal ones`(
    count: Int, width: Int
  ) {
    var rows = randomFloats(count * width, seed: UInt64(width))
    // The last row is as the first.
    for place in 0..<width { rows[(count - 1) * width + place] = rows[place] }
    let vector = randomFloats(width, seed: 77, reach: 3)
    var products = [Float](repeating: 5, count: count + 1)
    mlk_dot_rows(rows, count, width, vector, &products)
    for row in 0..<count {
      let expected = (0..<width).reduce(0.0) {
        $0 + Double(rows[row * width + $1]) * Double(vector[$1])
      }
      #expect(abs(Double(products[row]) - expected) < 2e-6 * Double(width))
    }
    #expect(products[count - 1] == products[0] && products[count] == 5)
  }

  @Test(arguments: lengths)
  func `unit length and its gradient agree with the twin`(width: Int) {
    let rows = 4
    var values = randomFloats(rows * width, seed: UInt64(width), reach: 3)
    for place in width..<2 * width { values[place] = 0 }
    let before = values
    var lengths = [Float](repeating: 0, count: rows)
    mlk_unit_rows(&values, rows, width, &lengths)
    var gradients = randomFloats(rows * width, seed: 77)
    let given = gradients
    mlk_unit_rows_gradient(values, lengths, rows, width, &gradients)
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let x = before[range].map(Double.init)
      let g = given[range].map(Double.init)
      let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(Double(lengths[row]) - length) <= 1e-5 * length)
      let along = length > 0 ? zip(x, g).reduce(0) { $0 + $1.0 * $1.1 } / length : 0
      for (index, place) in range.enumerated() {
        let unit = length > 0 ? x[index] / length : 0
        #expect(abs(Double(values[place]) - unit) < 1e-5)
        let expected = length > 0 ? (g[index] - along * unit) / length : 0
        #expect(abs(Double(gradients[place]) - expected) < 1e-4)
      }
    }
    #expect(lengths[1] == 0 && values[width..<2 * width].allSatisfy { $0 == 0 })
  }

  @Test func `a row whose squares vanish has length 0`() {
    var values: [Float] = [1e-30, 1e-30]
    var length: Float = 1
    mlk_unit_rows(&values, 1, 2, &length)
    #expect(length == 0 && values == [0, 0])
  }

  @Test(arguments: lengths)
  func `a step of Adam agrees with the paper`(count: Int) {
    var (values, first, second) = (
      randomFloats(count, seed: 1), randomFloats(count, seed: 2),
      randomFloats(count, seed: 3).map(abs)
    )
    let gradients = randomFloats(count, seed: 4)
    let (start, mean, square) = (values, first, second)
    var step = mlk_adam_step(
      rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, decay: 0.1)
    mlk_adam(&values, gradients, &first, &second, count, &step)
    for i in 0..<count {
      let g = Double(gradients[i])
      let m = 0.9 * Double(mean[i]) + 0.1 * g
      let v = 0.99 * Double(square[i]) + 0.01 * g * g
      #expect(abs(Double(first[i]) - m) < 1e-6 && abs(Double(second[i]) - v) < 1e-6)
      let expected = Double(start[i]) * 0.9 - 0.01 * m / (v.squareRoot() + 1e-6)
      #expect(abs(Double(values[i]) - expected) < 1e-5)
    }
  }

  @Test(arguments: lengths)
  func `steps of Adam without a gradient agree with their formula`(count: Int) {
    var (values, first, second) = (
      randomFloats(count, seed: 1), randomFloats(count, seed: 2),
      randomFloats(count, seed: 3).map(abs)
    )
    // A gradient that has not come for long leaves a mean below the least normal number.
    (first[0], second[0]) = (0x1p-133, 0x1p-133)
    let (start, mean, square) = (values, first, second)
    mlk_adam_coast(&values, &first, &second, count, 0.05, 1e-6, 0.8, 0.9, 0.7)
    for i in 0..<count {
      #expect(first[i] == mean[i] * 0.8 && second[i] == square[i] * 0.9)
      let push = 0.05 * Double(mean[i]) / (Double(square[i]).squareRoot() + 1e-6)
      #expect(abs(Double(values[i]) - (Double(start[i]) * 0.7 - push)) < 1e-5 * max(1, abs(push)))
    }
  }

  @Test(arguments: lengths)
  func `the gradient of a ReLU is zero where its result is`(count: Int) {
    let results = randomFloats(count, seed: 1).map { max(0, $0) }
    var gradients = randomFloats(count, seed: 2)
    let given = gradients
    mlk_relu_gradient(results, count, &gradients)
    for i in 0..<count { #expect(gradients[i] == (results[i] > 0 ? given[i] : 0)) }
  }

  @Test(arguments: lengths)
  func `a step of row-wise Adagrad agrees with its formula`(width: Int) {
    var values = randomFloats(width, seed: 1)
    let gradients = randomFloats(width, seed: 2)
    let start = values
    var accumulator: Float = 0.25
    mlk_row_adagrad(&values, gradients, &accumulator, width, 0.1, 1e-8, 0.01)
    let mean = gradients.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(width)
    #expect(abs(Double(accumulator) - 0.25 - mean) < 1e-5)
    for i in 0..<width {
      let step = 0.1 * Double(gradients[i]) / (0.25 + mean).squareRoot()
      #expect(abs(Double(values[i]) - (Double(start[i]) * 0.99 - step)) < 1e-5)
    }
  }

  @Test(arguments: lengths)
  func `gathering and sums of rows agree with plain loops`(width: Int) {
    let table = randomFloats(20 * width, seed: UInt64(width))
    let rows: [Int32] = [3, 19, 0, 3, 7]
    var gathered = [Float](repeating: 0, count: rows.count * width)
    var sum = randomFloats(width, seed: 5)
    var (gatheredSum, columns) = (sum, sum)
    let start = sum
    mlk_bag_add(table, rows, rows.count, width, &sum)
    mlk_gather_and_sum(table, rows, rows.count, width, &gathered, &gatheredSum)
    mlk_column_sums(gathered, rows.count, width, &columns)
    for i in 0..<width {
      var expected = start[i]
      for (number, row) in rows.enumerated() {
        #expect(gathered[number * width + i] == table[Int(row) * width + i])
        expected += table[Int(row) * width + i]
      }
      #expect(sum[i] == expected && gatheredSum[i] == expected && columns[i] == expected)
    }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 500], [1, 3, 20, 1_000])
  func `the best of many scores are those of a full sort`(count: Int, limit: Int) {
    // Few distinct scores, so that ties are common.
    var scores = randomFloats(count, seed: UInt64(count + limit)).map { ($0 * 8).rounded() }
    if count > 10 { (scores[3], scores[5]) = (-.infinity, .nan) }
    var heap = [mlk_scored](repeating: mlk_scored(), count: limit)
    let half = count / 2
    var size = mlk_top_k_add(scores, half, 0, &heap, 0, limit)
    size = scores.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return size }
      return mlk_top_k_add(base + half, count - half, Int32(half), &heap, size, limit)
    }
    let found = heap.prefix(size).sorted { ($0.score, $1.item) > ($1.score, $0.item) }
    #expect(size < limit || heap[0].item == found[limit - 1].item)
    let expected = scores.indices.filter { scores[$0] > -.infinity }
      .sorted { (scores[$0], -$0) > (scores[$1], -$1) }.prefix(limit)
    #expect(found.map { Int($0.item) } == Array(expected))
    #expect(found.map(\.score) == expected.map { scores[$0] })
  }
}
