// study.json: the whole study of a search, without anything that differs between two equal ones.
import Storage
import Tables
import Tuning

/// A finished study as a file.
package struct StudyFile: Codable, Equatable {
  /// The file in a run folder.
  package static let name = "study/study.json"
  /// The same for Optuna.
  static let journalName = "study/optuna.log"

  /// What a trial said on its way.
  struct Step: Codable, Equatable {
    var step: Int
    var progress: Double
    var value: Double
  }

  /// A trial.
  package struct FinishedTrial: Codable, Equatable {
    var number: Int
    var state: TrialState
    var value: Double
    var bestStep: Int
    package var params: [String: JSONValue]
    var steps: [Step]

    enum CodingKeys: String, CodingKey {
      case number, state, value, params, steps
      case bestStep = "best_step"
    }
  }

  /// What decided the trials, in words.
  package var description: [String: String]
  /// "minimise" or "maximise".
  var direction: String
  /// The trials in the order of their numbers.
  var trials: [FinishedTrial]

  /// Describes the finished trials of a history.
  init(_ history: TrialHistory, description: [(key: String, value: String)]) {
    self.description = Dictionary(uniqueKeysWithValues: description.map { ($0.key, $0.value) })
    direction = history.direction.rawValue
    trials = history.trials.compactMap { trial in
      guard let result = trial.result else { return nil }
      return FinishedTrial(
        number: trial.number, state: result.state, value: result.value, bestStep: result.bestStep,
        params: history.space.parameterValues(of: trial.point),
        steps: result.checkpoints.map {
          Step(step: $0.step, progress: $0.progress, value: $0.value)
        })
    }
  }

  /// Reads the study of a run folder after all of it was checked.
  ///
  /// - Throws: `TaskError.notAModel`, `.noStudy`, `StorageError`, `TuningError.corruptStudy`.
  init(folder: String) throws {
    let manifest = try RunFolderReader.manifest(of: folder)
    guard manifest.files[Self.name] != nil else {
      throw TaskError.noStudy(folder: folder)
    }
    try self.init(
      decoding: RunFolderReader.bytes(Self.name, of: folder), file: "\(folder)/\(Self.name)")
  }

  /// Reads the text of a study.
  ///
  /// - Throws: `StorageError`, `TuningError.corruptStudy`.
  init(decoding bytes: [UInt8], file: String) throws {
    self = try CheckedJSON.value(
      Self.self, from: bytes, file: file, expected: "the study that 'mlcore tune' wrote")
    if let problem { throw TuningError.corruptStudy(path: file, reason: problem) }
  }

  /// What the study contradicts itself in; nil if it does not.
  private var problem: String? {
    if SearchDirection(rawValue: direction) == nil { return "the direction is '\(direction)'" }
    for (place, trial) in trials.enumerated() {
      let name = "trial \(trial.number)"
      if trial.number < 0 || place > 0 && trials[place - 1].number >= trial.number {
        return "\(name) is out of order"
      }
      if trial.state == .running { return "\(name) has not ended" }
      if trial.bestStep < 0 { return "\(name) has the best step \(trial.bestStep)" }
      if !zip(trial.steps, trial.steps.dropFirst()).allSatisfy({ $0.step < $1.step }) {
        return "\(name) has steps out of order"
      }
      for (parameter, value) in trial.params.sorted(by: { $0.key < $1.key }) {
        switch value {
        case .number, .integer, .text: continue
        default: return "\(name) has no value of '\(parameter)'"
        }
      }
    }
    return nil
  }

  /// Reads the study of a run folder that a search of some task may begin with.
  ///
  /// - Throws: `TaskError.otherTask`, and what `init(folder:)` throws.
  init(folder: String, task: String) throws {
    try self.init(folder: folder)
    guard description["task"] == task else {
      throw TaskError.otherTask(
        folder: folder, found: description["task"] ?? "unknown", expected: task)
    }
  }

  /// The best complete trials, best first.
  func best(_ count: Int) -> [FinishedTrial] {
    let direction = SearchDirection(rawValue: direction) ?? .maximise
    return trials.filter { $0.state == .complete }
      .sorted {
        $0.value == $1.value
          ? $0.number < $1.number : direction.isBetter($0.value, than: $1.value)
      }
      .prefix(count).map(\.self)
  }
}
