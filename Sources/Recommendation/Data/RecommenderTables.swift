// What a recommender run reads before anything is trained.
import LearningTasks
import Recommender
import Storage
import Tables

/// The tables of a run, read and checked.
package struct RecommenderTables: TrainingTables {
  /// The configuration as it was given.
  package let configuration: RecommenderConfiguration
  let data: RecommenderData
  /// The interactions of the test table; nil without one.
  let test: RatedPairs?
  /// The preset, which depends on whether there are ratings.
  let preset: RecommenderPreset
  /// The tables for the manifest.
  let inputs: [Manifest.Input]

  /// Reads the tables.
  ///
  /// - Throws: `TableError`, `TaskError`.
  init(_ configuration: RecommenderConfiguration, context: RunContext) throws {
    let (data, test) = try context.measure(.read) {
      let data = try RecommenderData.reading(configuration, context: context)
      return (data, try Self.test(configuration, data: data, context: context))
    }
    self.configuration = configuration
    self.data = data
    self.test = test?.pairs
    preset = configuration.preset(of: data)
    inputs = data.inputs + [test?.input].compactMap(\.self)
  }

  /// The trainings of a configuration, which may differ from that of the tables in how the towers
  /// are built and trained.
  ///
  /// - Throws: `ConfigurationError`, `RecommenderError.parameterOutOfRange`.
  func fit(_ configuration: RecommenderConfiguration, context: RunContext) throws -> RecommenderFit
  {
    RecommenderFit(
      data: data, configuration: configuration, preset: preset,
      towers: try configuration.towers(preset), context: context)
  }

  private static func test(
    _ configuration: RecommenderConfiguration, data: RecommenderData, context: RunContext
  ) throws -> (pairs: RatedPairs, input: Manifest.Input)? {
    guard let test = configuration.judging.test else { return nil }
    let reader = RecommenderReader(configuration.data, context: context)
    let columns = try reader.columns(of: test, as: data.columns, needsRatings: true)
    let table = try reader.interactions(test, columns: columns)
    let scale = data.pairs.scale
    let pairs = try RatedPairs(
      table, users: data.users, items: data.items, scale: (scale?.lowerBound, scale?.upperBound),
      context: context)
    return (pairs, table.input)
  }
}

extension RecommenderConfiguration {
  /// The preset that was asked for, or the one that fits the data: the first of the candidates where
  /// these compete.
  func preset(of data: RecommenderData) -> RecommenderPreset {
    model.preset ?? (data.pairs.ratings == nil ? .retrieval : .lab)
  }

  /// Whether candidates compete: no preset and no loss of ratings was asked for.
  func choosesPreset(of data: RecommenderData) -> Bool {
    model.preset == nil && model.loss != .squaredError && data.pairs.ratings == nil
  }
}
