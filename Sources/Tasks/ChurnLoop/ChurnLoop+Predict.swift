// Predictions of a loop: those of `mlcore predict`, by the version in service.
public import LoopContract

extension ChurnLoop {
  public func predict(
    _ file: StepFile, model: String, output: String
  ) throws -> PredictedFile {
    let input = ChurnInput(location: file.path, delimiter: data.delimiter, header: nil)
    do {
      let report = try ChurnTask.predict(
        model: "\(model)/\(LoopFolder.run)", input: input, explain: nil,
        // The loop has examined the file, and somebody may have released it.
        refusesUnknown: false, output: output, replaces: true, context: context)
      return PredictedFile(rows: report.rows)
    } catch {
      guard let fault = file.fault(error) else { throw error }
      return PredictedFile(rows: 0, problem: fault.message)
    }
  }
}
