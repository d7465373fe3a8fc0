// The document of `train --json`, from which the words for people are made too.

/// The result of a training.
@dynamicMemberLookup
package struct TrainingReport<Task: LearningTask>: Encodable, Sendable {
  /// What was measured.
  package var summary: Task.Summary
  /// What the task tells besides.
  package var details: Task.Details
  /// The seed.
  package var seed: Int
  /// The threads that were used.
  package var threads: Int
  /// The folder that was written.
  package var out: String
  /// The seconds of each phase.
  package var timings: Timings
  /// How the model was judged; not part of the document.
  package var evaluated: EvaluationProtocol
  /// The table, as it was given; not part of the document.
  package var data: String

  private enum CodingKeys: String, CodingKey { case task, seed, threads, out, timings }

  /// How the model was judged, in words.
  package var judgedOn: String { evaluated.sentence(Task.unit) }

  /// Writes the keys of all parts side by side.
  package func encode(to encoder: any Encoder) throws {
    try summary.encode(to: encoder)
    try details.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Task.name, forKey: .task)
    try container.encode(seed, forKey: .seed)
    try container.encode(threads, forKey: .threads)
    try container.encode(out, forKey: .out)
    try container.encode(timings, forKey: .timings)
  }

  package subscript<Value>(dynamicMember path: KeyPath<Task.Summary, Value>) -> Value {
    summary[keyPath: path]
  }

  package subscript<Value>(dynamicMember path: KeyPath<Task.Details, Value>) -> Value {
    details[keyPath: path]
  }
}
