// Predictions of a loop: those of `mlcore predict`, by the version in service.
import LearningTasks
package import LoopContract

extension TabularLoop {
  package func predict(
    _ file: StepFile, model: String, output: String
  ) throws -> PredictedFile {
    let input = TableSource(location: file.path, delimiter: data.delimiter)
    return try file.predicted {
      try Task.predict(
        model: "\(model)/\(LoopFolder.run)", input: input, explain: nil, interactions: nil,
        // The loop has examined the file, and a person may have released it.
        refusesUnknown: false, output: output, replaces: true, context: context
      ).rows
    }
  }
}
