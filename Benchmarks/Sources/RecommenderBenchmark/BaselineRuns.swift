// The models beside the towers, from interactions in memory to factors or weights.

import BenchmarkSupport
import Foundation
import NumericCore
import Recommender

enum BaselineRuns {
  /// Alternating least squares, with the keys of its configuration: `key=number`.
  static func leastSquares(
    folder: String, threads: Int, settings: ArraySlice<String>
  ) throws -> [String: Any] {
    let data = try SplitFolder(folder)
    let pool = WorkerPool(threads: threads)
    let configuration = try ImplicitALSConfiguration().changed(
      settings, keys: ImplicitALSConfiguration.parameterNames)
    let (model, seconds) = try ContinuousClock().timed {
      // Peers are given the users' rows and turn them round themselves.
      _ = data.train.byUser.transposed(columns: data.train.items)
      return try ImplicitALS.fit(data.train, configuration: configuration, seed: 42, pool: pool)
    }
    let lists = try model.recommend(k: 20, excluding: data.train.byUser, pool: pool)
    return data.judged(lists).merging(["seconds": seconds], uniquingKeysWith: { $1 })
  }

  /// EASE.
  static func autoencoder(folder: String, threads: Int, lambda: Double) throws -> [String: Any] {
    let data = try SplitFolder(folder)
    let pool = WorkerPool(threads: threads)
    var configuration = EASEConfiguration()
    configuration.lambda = lambda
    let (model, seconds) = try ContinuousClock().timed {
      try EASE.fit(data.train, configuration: configuration, pool: pool)
    }
    let lists = try model.recommend(
      data.train.byUser, k: 20, excluding: data.train.byUser, pool: pool)
    return data.judged(lists).merging(["seconds": seconds], uniquingKeysWith: { $1 })
  }

  /// The graph filter, with the keys of its configuration.
  static func graphFilter(
    folder: String, threads: Int, settings: ArraySlice<String>
  ) throws -> [String: Any] {
    let data = try SplitFolder(folder)
    let pool = WorkerPool(threads: threads)
    let configuration = try GraphFilterConfiguration().changed(
      settings, keys: GraphFilterConfiguration.settings.map(\.key))
    let (model, seconds) = try ContinuousClock().timed {
      try GraphFilter.fit(data.train, configuration: configuration, seed: 42, pool: pool)
    }
    return try data.judged(model.graph, pool: pool).merging(
      ["seconds": seconds], uniquingKeysWith: { $1 })
  }

  /// EASE on neighbours, with the keys of its configuration.
  static func neighbourhoods(
    folder: String, threads: Int, settings: ArraySlice<String>
  ) throws -> [String: Any] {
    let data = try SplitFolder(folder)
    let pool = WorkerPool(threads: threads)
    let configuration = try NeighbourhoodEASEConfiguration().changed(
      settings, keys: NeighbourhoodEASEConfiguration.settings.map(\.key))
    let (model, seconds) = try ContinuousClock().timed {
      try NeighbourhoodEASE.fit(data.train, configuration: configuration, seed: 42, pool: pool)
    }
    return try data.judged(model.graph, pool: pool).merging(
      ["seconds": seconds], uniquingKeysWith: { $1 })
  }

  /// The NDCG of graph filters on the validation part: from it come the values that their search
  /// tries.
  static func graphGrid(folder: String, threads: Int) throws -> [String: Any] {
    let data = try SplitFolder(folder)
    let pool = WorkerPool(threads: threads)
    var found: [String: Any] = [:]
    for user in [0.6, 1, 1.4] {
      for item in [0.1, 0.3, 0.5, 0.7, 0.9] {
        for entry in [0.4, 0.7, 1] {
          var configuration = GraphFilterConfiguration()
          (configuration.userExponent, configuration.itemExponent) = (user, item)
          configuration.entryPower = entry
          let graph = try GraphFilter.fit(
            data.train, configuration: configuration, seed: 42, pool: pool
          ).graph
          let lists = try graph.recommend(
            data.train.byUser, k: 20, excluding: data.train.byUser, pool: pool)
          found["\(user) \(item) \(entry)"] =
            lists.metrics(relevant: data.valid.byUser, items: data.valid.items).ndcg
        }
      }
    }
    return found
  }
}

extension Decodable where Self: Encodable {
  /// This configuration with some keys changed: `key=number`.
  func changed(_ settings: ArraySlice<String>, keys: [String]) throws -> Self {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self))
    var values = object as? [String: Any] ?? [:]
    for setting in settings {
      let parts = setting.split(separator: "=").map(String.init)
      guard parts.count == 2, keys.contains(parts[0]) else {
        throw CocoaError(.formatting, userInfo: [NSDebugDescriptionErrorKey: setting])
      }
      values[parts[0]] = Double(parts[1])
    }
    return try JSONDecoder().decode(
      Self.self, from: JSONSerialization.data(withJSONObject: values))
  }
}
