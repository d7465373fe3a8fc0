// The encoders of a training table as other programs read them.
import LinearModels
import Preprocessing

extension BaselineDesign {
  /// The files in the folder scalers of a run.
  ///
  /// - Throws: `PreprocessingError`.
  func scalerFiles() throws -> [RunFileContent] {
    let (encoder, scaler) = (pipeline.encoder, pipeline.scaler)
    return [
      ("scalers/ohe.json", try encoder.exportedJSON()),
      ("scalers/ohe.pkl", encoder.scikitLearnPickle()),
      ("scalers/std_scaler.json", try scaler.exportedJSON()),
      ("scalers/std_scaler.pkl", scaler.scikitLearnPickle()),
    ]
  }
}
