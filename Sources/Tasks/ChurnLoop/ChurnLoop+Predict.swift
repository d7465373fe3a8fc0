// Predictions of a loop: those of `mlcore predict`, by the version in service.
import Tables

extension ChurnLoop {
  /// Predicts a file.
  ///
  /// - Parameter model: the folder of a version.
  /// - Returns: the number of rows, or why the file cannot be predicted.
  /// - Throws: errors that are not the file's: of the model, of the disk.
  public func predict(
    _ file: LoopFile, model: String, output: String
  ) throws -> (rows: Int, problem: String?) {
    let input = TableSource(location: file.path, delimiter: data.delimiter)
    do {
      let report = try ChurnTask.predict(
        model: "\(model)/\(LoopFolder.run)", input: input, explain: nil,
        // The loop has examined the file, and somebody may have released it.
        refusesUnknown: false, output: output, replaces: true, context: context)
      return (report.rows, nil)
    } catch let error as TableError where error.kind == .badData || error.kind == .usage {
      return (0, file.naming(error.description))
    } catch let error as TaskError where error != .cancelled {
      return (0, file.naming(error.description))
    }
  }
}
