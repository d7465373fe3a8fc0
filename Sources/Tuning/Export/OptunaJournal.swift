// A study as a journal file that Optuna's JournalStorage opens, and with it optuna-dashboard: one
// operation a line. Studies and trials are numbered by their order in the file.

internal import Texts

/// Writes studies for Optuna.
public enum OptunaJournal {
  /// The operations of a journal.
  private enum Operation: Int {
    case createStudy = 0
    case setStudyAttribute = 2
    case createTrial = 4
    case setParameter = 5
    case setStateAndValues = 6
    case setIntermediateValue = 7
    case setTrialAttribute = 8
  }

  /// Returns the finished trials of a history as a journal.
  ///
  /// Times of day are no part of a study. Those in the journal start with the year 2000 and count
  /// one millisecond a step, so that the trials lie side by side as long as their work was.
  ///
  /// - Parameters:
  ///   - name: the name of the study.
  ///   - attributes: what else is known about the study.
  ///   - width: how many trials run side by side.
  public static func text(
    _ history: TrialHistory, name: String, attributes: [(key: String, value: String)], width: Int
  ) -> String {
    var lines: [String] = []
    func add(_ operation: Operation, _ fields: [(String, String)]) {
      let all =
        [("op_code", String(operation.rawValue)), ("worker_id", JSONText.literal("mlcore"))]
        + fields
      lines.append(
        "{" + all.map { "\(JSONText.literal($0.0)): \($0.1)" }.joined(separator: ", ") + "}")
    }
    let direction = history.direction == .minimise ? 1 : 2
    add(.createStudy, [("study_name", JSONText.literal(name)), ("directions", "[\(direction)]")])
    for (key, value) in attributes {
      add(
        .setStudyAttribute,
        [
          ("study_id", "0"),
          ("user_attr", "{\(JSONText.literal(key)): \(JSONText.literal(value))}"),
        ])
    }
    var free = [Int](repeating: 0, count: width)
    for trial in history.trials {
      guard let result = trial.result else { continue }
      // Trials take the place that is free first, as they do where they run.
      let place = free.indices.min { (free[$0], $0) < (free[$1], $1) } ?? 0
      let start = free[place]
      let last = result.checkpoints.last?.step ?? result.bestStep
      free[place] = start + max(1, last)
      let id = ("trial_id", String(trial.number))
      add(.createTrial, [("study_id", "0"), ("datetime_start", JSONText.literal(instant(start)))])
      for (parameter, number) in zip(history.space.parameters, trial.point) {
        add(
          .setParameter,
          [
            id, ("param_name", JSONText.literal(parameter.name)),
            ("param_value_internal", number.description),
            ("distribution", JSONText.literal(distribution(parameter))),
          ])
      }
      for checkpoint in result.checkpoints {
        add(
          .setIntermediateValue,
          [
            id, ("step", String(checkpoint.step)),
            ("intermediate_value", json(checkpoint.value)),
          ])
      }
      add(
        .setTrialAttribute,
        [id, ("user_attr", "{\(JSONText.literal("best_step")): \(result.bestStep)}")])
      add(
        .setStateAndValues,
        [
          id, ("state", result.state == .complete ? "1" : "2"),
          ("values", "[\(json(result.value))]"),
          ("datetime_complete", JSONText.literal(instant(free[place]))),
        ])
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func distribution(_ parameter: SearchParameter) -> String {
    let (name, attributes): (String, String) =
      switch parameter.domain {
      case .float(let range, let isLog, let step):
        (
          "FloatDistribution",
          "\"step\": \(step?.description ?? "null"), \"low\": \(range.lowerBound), "
            + "\"high\": \(range.upperBound), \"log\": \(isLog)"
        )
      case .integer(let range, let isLog, let step):
        (
          "IntDistribution",
          "\"log\": \(isLog), \"step\": \(step), \"low\": \(range.lowerBound), "
            + "\"high\": \(range.upperBound)"
        )
      case .category(let choices):
        (
          "CategoricalDistribution",
          "\"choices\": [\(choices.map(JSONText.literal).joined(separator: ", "))]"
        )
      }
    return "{\"name\": \"\(name)\", \"attributes\": {\(attributes)}}"
  }

  /// An instant after the start of the year 2000, as ISO 8601.
  private static func instant(_ milliseconds: Int) -> String {
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
    return CalendarTime.text(secondsSince1970: 946_684_800 + seconds)
      + ".\((rest * 1_000).padded(to: 6))"
  }

  private static func json(_ number: Double) -> String {
    // Python's reader of JSON takes these words.
    number.isNaN
      ? "NaN"
      : number.isInfinite
        ? (number < 0 ? "-Infinity" : "Infinity")
        : number.description
  }
}
