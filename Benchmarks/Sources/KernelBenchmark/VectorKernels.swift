// From scores to gradients to entries, and from scores to probabilities.

import CKernels
import Foundation
import NumericCore

func vectorKernels() throws -> [Comparison] { try [gradients(), quantisation(), sigmoid()] }

/// As many as training handles at once.
private let count = 4_096

private func gradients() throws -> Comparison {
  var generator = SeededGenerator(seed: 6)
  let scores = (0..<count).map { _ in Float(3 * generator.normal()) }
  let labels = (0..<count).map { _ in Float(Int.random(in: 0...1, using: &generator)) }
  var (g, h) = (labels, labels)
  var (naiveG, naiveH) = (labels, labels)
  return try Comparison("gradients of the log loss", shape: "\(count) rows", elements: count) {
    agree(g, naiveG, within: 1e-6) && agree(h, naiveH, within: 1e-6)
  } kernel: {
    mlk_logistic_gradients(scores, labels, count, &g, &h)
  } naive: {
    for row in 0..<count {
      let p = 1 / (1 + exp(-scores[row]))
      naiveG[row] = p - labels[row]
      naiveH[row] = p * (1 - p)
    }
  }
}

private func quantisation() throws -> Comparison {
  var generator = SeededGenerator(seed: 7)
  let g = (0..<count).map { _ in Float(generator.uniform() - 0.5) }
  let h = (0..<count).map { _ in Float(generator.uniform() / 4) }
  var entries = [UInt64](repeating: 0, count: count)
  var naiveEntries = entries
  return try Comparison("quantisation", shape: "\(count) rows", elements: count) {
    entries == naiveEntries
  } kernel: {
    mlk_quantise(g, h, count, nil, 5, 99, 250, 1_000, &entries)
  } naive: {
    for row in 0..<count {
      naiveEntries[row] = entry(
        row: UInt32(row + 5), key: 99, gradient: g[row] * 250, hessian: h[row] * 1_000)
    }
  }
}

/// Derivatives rounded up or down at random, packed with their row.
private func entry(row: UInt32, key: UInt32, gradient: Float, hessian: Float) -> UInt64 {
  var random = row ^ key
  random = (random ^ random >> 16) &* 0x7FEB_352D
  random = (random ^ random >> 15) &* 0x846C_A68B
  random ^= random >> 16
  let g = Int16((gradient + Float(random & 0xFFFF) * 0x1p-16).rounded(.down))
  let h = UInt64(hessian + Float(random >> 16) * 0x1p-16)
  return UInt64(row) << 32 | UInt64(UInt16(bitPattern: g)) << 16 | h
}

private func sigmoid() throws -> Comparison {
  var generator = SeededGenerator(seed: 8)
  let scores = (0..<count).map { _ in 4 * generator.normal() }
  var result = scores
  var naiveResult = scores
  return try Comparison("sigmoid", shape: "\(count) rows", elements: count) {
    zip(result, naiveResult).allSatisfy { abs($0 - $1) <= 1e-14 * $1 }
  } kernel: {
    mlk_sigmoid(scores, &result, count)
  } naive: {
    for row in 0..<count { naiveResult[row] = 1 / (1 + exp(-scores[row])) }
  }
}
