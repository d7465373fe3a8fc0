// Files of settings, damaged in every way.
import Configuration
import Foundation
import GradientBoosting
import NumericCore
import Storage
import TestSupport
import Testing

@testable import Classification
@testable import LearningTasks
@testable import Recommendation
@testable import Tabular
@testable import mlcore

@Suite(.onOwnThread(limit: Fuzzer.timeLimit), .serialized) struct SettingsTests {
  private func input(_ text: String, _ random: inout SeededGenerator) -> [UInt8] {
    let changed = random.once(in: 4) ? text : TOMLLines.mutated(text, &random)
    return random.once(in: 4) ? Array(changed.utf8).mutatedBytes(&random) : Array(changed.utf8)
  }

  /// Applies damaged settings and writes them again.
  private func attempt<Configuration: Sendable & Equatable>(
    _ input: [UInt8], _ fresh: Configuration, _ settings: [Setting<Configuration>],
    resolve: (Configuration) throws -> Void
  ) throws -> FuzzOutcome {
    let layers = ConfigurationLayers(settings: settings)
    var configuration = fresh
    do {
      try layers.apply(input, file: "run.toml", to: &configuration)
    } catch is ConfigurationError {
      return .refused
    }
    if input.contains(0) { throw FuzzFinding(problem: "a NUL byte was passed over") }
    var again = fresh
    let text = RunFile.text(configuration, settings: settings)
    try layers.apply(Array(text.utf8), file: "again", to: &again)
    guard RunFile.text(again, settings: settings) == text else {
      throw FuzzFinding(problem: "settings are not what was written")
    }
    do {
      try resolve(configuration)
    } catch is GradientBoostingError {
    } catch is ConfigurationError {
    }
    return .accepted
  }

  @Test func run() throws {
    let churn = RunFile.text(ChurnConfiguration(), settings: ChurnConfiguration.settings)
    let recommender = RunFile.text(
      RecommenderConfiguration(), settings: RecommenderConfiguration.settings)
    Fuzzer.run("run") { random in
      if random.once(in: 2) {
        return try attempt(
          input(churn, &random), ChurnConfiguration(), ChurnConfiguration.settings
        ) { _ = try $0.filled(rows: 100).automaticValues }
      }
      return try attempt(
        input(recommender, &random), RecommenderConfiguration(), RecommenderConfiguration.settings
      ) { _ in }
    }
  }

  @Test func pipeline() throws {
    let folder = try TemporaryFolder()
    let path = folder.appending("pipeline.toml")
    let texts = try [
      ["data.target=churn", "data.id=id"],
      ["task=regression", "data.target=value"],
      ["task=recommender"],
    ].map { try LoopSettings(assignments: $0).text }
    Fuzzer.run("pipeline") { random in
      try folder.write(input(random.one(of: texts), &random), to: "pipeline.toml")
      let settings: LoopSettings
      do {
        settings = try LoopSettings(file: path)
      } catch is ConfigurationError {
        return .refused
      } catch let error where CommandLineError(error) != nil {
        return .refused
      }
      guard settings.text.utf8.count > 100 else { throw FuzzFinding(problem: "no text") }
      return .accepted
    }
  }
}
