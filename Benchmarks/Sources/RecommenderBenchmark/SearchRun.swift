// Searching the nearest items, query by query and all queries at once.

import BenchmarkSupport
import Foundation
import NumericCore
import Recommender

enum SearchRun {
  /// How often all queries are searched at once; the median counts.
  private static let rounds = 3
  /// The queries that are searched one by one; the median counts.
  private static let singles = 200

  /// Measures microseconds for a query, and writes the items found for all queries at once.
  static func measure(
    items: String, queries: String, width: Int, k: Int, threads: Int, out: String
  ) throws -> [String: Any] {
    let index = try ExactIndex(VectorFile.read(items, width: width))
    let queries = try VectorFile.read(queries, width: width)
    let pool = WorkerPool(threads: threads)
    let singles = (0..<min(singles, queries.rows)).map {
      Matrix<Float>(rows: 1, columns: width, elements: Array(queries.row($0)))
    }
    let clock = ContinuousClock()
    for query in singles.prefix(20) { _ = try index.search(query, k: k, pool: pool) }
    var single = try singles.map { query in
      try clock.timed { try index.search(query, k: k, pool: pool) }.seconds
    }
    let lists = try index.search(queries, k: k, pool: pool)
    var batches = try (0..<rounds).map { _ in
      try clock.timed { try index.search(queries, k: k, pool: pool) }.seconds
    }
    try VectorFile.write(lists.items, to: out)
    single.sort()
    batches.sort()
    return [
      "single_us": single[single.count / 2] * 1e6,
      "batch_us": batches[rounds / 2] * 1e6 / Double(queries.rows),
    ]
  }
}

/// Numbers as they are in memory, one after the other.
enum VectorFile {
  static func read(_ path: String, width: Int) throws -> Matrix<Float> {
    let data = try Data(contentsOf: URL(filePath: path))
    let elements = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return Matrix(rows: elements.count / width, columns: width, elements: elements)
  }

  static func write<Number>(_ numbers: [Number], to path: String) throws {
    try numbers.withUnsafeBytes { Data($0) }.write(to: URL(filePath: path))
  }
}
