// Users of whom nothing but features is known: what they are recommended must be better than what is
// recommended to everybody, by more than luck can do.

import Connectors
import Evaluation
import Foundation
import NumericCore
import Recommender
import SampleData
import Storage
import Tables
import TestSupport
import Testing

@testable import Extraction
@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct ColdUserTests {
  private static let k = 20
  private let folder: TemporaryFolder
  private let context = RunContext(pool: WorkerPool(threads: 2))

  init() throws { folder = try TemporaryFolder() }

  /// A customer of the shop who is not in the training data.
  private struct ColdUser {
    let features: [String: FeatureValue]
    var items: [String]
  }

  /// A part of the ratings, joined with what is known of customers and products.
  private func rows(_ condition: String, of shop: String) throws -> [Table] {
    let source = try DataSources.open(shop)
    let stream = try source.rows(
      of: SourceQuery("\(ExtractQueries.classicModelsText) where \(condition)", name: "test"),
      sortedBy: nil)
    var tables: [Table] = []
    while let table = try stream.next() { tables.append(table) }
    return tables
  }

  private func coldUsers(_ tables: [Table]) throws -> [ColdUser] {
    var users: [String: ColdUser] = [:]
    for table in tables {
      for row in 0..<table.rowCount {
        func text(_ name: String) throws -> String {
          try #require(table[name]?.text(row: row))
        }
        let features: [String: FeatureValue] = [
          "city": .text(try text("city")), "country": .text(try text("country")),
          "creditLimit": .text(try text("creditLimit")),
        ]
        users[try text("customerNumber"), default: ColdUser(features: features, items: [])]
          .items.append(try text("productCode"))
      }
    }
    return users.sorted { $0.key < $1.key }.map(\.value)
  }

  /// NDCG of one user's list.
  private func ndcg(_ list: [Int], relevant: [String], among places: [String: Int]) -> Double {
    let wanted = relevant.compactMap { places[$0] }.map(Int32.init).sorted()
    let padded = list.map(Int32.init) + [Int32](repeating: -1, count: Self.k - list.count)
    return RankingMetrics(
      lists: padded, k: Self.k, offsets: [0, wanted.count], relevant: wanted, items: places.count
    ).ndcg
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `new users are recommended better than what is popular, from their features`(
    seed: UInt64
  ) throws {
    let shop = folder.appending("shop.sqlite")
    _ = try ClassicModelsGenerator(customers: 4_000, products: 300, seed: seed).write(to: shop)
    // Every fourth customer is new: none of these customers' ratings is learnt from.
    let train = try rows("c.customerNumber % 4 <> 0", of: shop)
    try FileManager.default.createDirectory(
      atPath: folder.appending("train"), withIntermediateDirectories: true)
    for (part, table) in train.enumerated() {
      try table.write(to: folder.appending("train/part-\(part).parquet"))
    }
    let cold = try coldUsers(rows("c.customerNumber % 4 = 0", of: shop))
    try #require(cold.count > 100)

    var configuration = RecommenderConfiguration()
    configuration.seed = Int(seed)
    configuration.data.path = folder.appending("train")
    configuration.model.preset = .retrieval
    configuration.judging.baselines = []
    let model = folder.appending("model")
    _ = try RecommenderTask.train(
      configuration, into: RunFolder(target: model, force: false), shownAs: model,
      context: context)
    let service = try RecommenderPredictor(folder: model, pool: context.pool)

    var places: [String: Int] = [:]
    var takers: [Int] = []
    for table in train {
      for row in 0..<table.rowCount {
        let item = try #require(table["productCode"]?.text(row: row))
        if let place = places[item] {
          takers[place] += 1
        } else {
          places[item] = takers.count
          takers.append(1)
        }
      }
    }
    let popular = Array(
      takers.indices.sorted { (takers[$0], -$0) > (takers[$1], -$1) }.prefix(Self.k))

    let gains = try cold.map { user in
      let found = try service.predict(
        RecommendationQuery(.features(user.features), k: Self.k, includesSeen: true))
      let list = try found.map { try #require(places[$0.id]) }
      return (
        towers: ndcg(list, relevant: user.items, among: places),
        popular: ndcg(popular, relevant: user.items, among: places)
      )
    }
    // The mean of the differences against how far it would stray by chance.
    let count = Double(gains.count)
    let differences = gains.map { $0.towers - $0.popular }
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let popularity = gains.reduce(0) { $0 + $1.popular } / count
    let words: Comment = "\(gains.count) users, popularity \(popularity), towers \(mean) more"
    #expect(mean > 3 * (variance / count).squareRoot(), words)
    #expect(mean > 0.05 * popularity, words)
  }
}
