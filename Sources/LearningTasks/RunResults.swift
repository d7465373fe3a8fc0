// metrics.json: what is known about a trained model, without anything that differs between two
// equal runs.
import Storage

/// What a training measured.
package protocol RunSummary: Codable, Sendable {
  /// What the numbers contradict each other in; nil if they do not.
  var problem: String? { get }
}

extension RunSummary {
  package var problem: String? { nil }
}

/// The results of a run: a summary, what the task alone records, and how the model was judged.
@dynamicMemberLookup
package struct RunResults<Task: LearningTask>: Codable, Sendable {
  /// The file in a run folder.
  package static var fileName: String { "metrics.json" }

  package var summary: Task.Summary
  package var record: Task.Record
  /// On which rows the metrics were measured, in words.
  package var judgedOn: String

  private enum CodingKeys: String, CodingKey { case judgedOn = "judged_on" }

  /// Collects the results of a training.
  init(_ finished: FinishedTraining<Task>) {
    summary = finished.summary
    record = finished.record
    judgedOn = finished.evaluated.sentence(Task.unit)
  }

  /// Reads the results of a run folder.
  ///
  /// - Throws: `StorageError`.
  package init(folder: String) throws {
    let expected = "the metrics that training wrote"
    self = try RunFolderReader.value(Self.self, Self.fileName, of: folder, expected: expected)
    if let problem = summary.problem {
      throw StorageError.corrupt(
        file: "\(folder)/\(Self.fileName)", item: "metrics", found: "with \(problem)",
        expected: expected)
    }
  }

  package init(from decoder: any Decoder) throws {
    summary = try Task.Summary(from: decoder)
    record = try Task.Record(from: decoder)
    judgedOn = try decoder.container(keyedBy: CodingKeys.self).decode(
      String.self, forKey: .judgedOn)
  }

  /// Writes all keys side by side.
  package func encode(to encoder: any Encoder) throws {
    try summary.encode(to: encoder)
    try record.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(judgedOn, forKey: .judgedOn)
  }

  package subscript<Value>(dynamicMember path: KeyPath<Task.Summary, Value>) -> Value {
    summary[keyPath: path]
  }

  package subscript<Value>(dynamicMember path: KeyPath<Task.Record, Value>) -> Value {
    record[keyPath: path]
  }
}
