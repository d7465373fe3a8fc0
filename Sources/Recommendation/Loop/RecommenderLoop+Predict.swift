// Recommendations of a loop: for each user of a list the items that the model in service ranks first.
import LearningTasks
import LoopContract
import NumericCore
import Recommender
import Tables

extension RecommenderLoop {
  /// Writes a list of items for each user, as rows of user, rank from 1, item, score and version.
  ///
  /// Users who were not there in training get the items that most users took, with no score.
  func predict(
    _ file: StepFile, model folder: String, output: String
  ) throws -> PredictedFile {
    let predictor = try RecommenderPredictor(
      folder: "\(folder)/\(LoopFolder.run)", listLength: configuration.listLength,
      pool: context.pool)
    return try file.predicted {
      let users = try predictor.read(data.source(at: file.path), named: file.name, context: context)
      let table = try predictor.predict(users, named: file.name, context: context)
      try Table.requireWritable(output)
      try table.write(to: output)
      return table.rowCount
    }
  }

  /// The users of a list, each once, in the order of the file.
  ///
  /// - Throws: `TaskError.recommender`, `TableError`.
  func users(in file: StepFile, id: String) throws -> [String] {
    try RecommenderReader(data, name: file.name, context: context).entities(in: file.path, id: id)
  }
}
