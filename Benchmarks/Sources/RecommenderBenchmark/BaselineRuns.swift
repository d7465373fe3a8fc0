// The closed-form models, from interactions in memory to factors or weights.

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
    let configuration = try ImplicitALSConfiguration(settings: settings)
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
}

extension ImplicitALSConfiguration {
  /// The default configuration with some keys changed: `key=number`.
  init(settings: ArraySlice<String>) throws {
    let defaults = try JSONEncoder().encode(ImplicitALSConfiguration())
    var values = try JSONSerialization.jsonObject(with: defaults) as? [String: Any] ?? [:]
    for setting in settings {
      let parts = setting.split(separator: "=").map(String.init)
      guard parts.count == 2, Self.parameterNames.contains(parts[0]) else {
        throw CocoaError(.formatting, userInfo: [NSDebugDescriptionErrorKey: setting])
      }
      values[parts[0]] = Double(parts[1])
    }
    let json = try JSONSerialization.data(withJSONObject: values)
    self = try JSONDecoder().decode(Self.self, from: json)
  }
}
