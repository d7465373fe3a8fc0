import Evaluation
import GradientBoosting
import ModelFormats
// The files of a churn run folder, as bytes. Nothing in them depends on time, threads or the
// folder.
import Preprocessing
import Storage

/// What a churn run writes.
struct ChurnRunFiles {
  /// The model's file in a run folder.
  static let modelName = "model/churn.safetensors"
  /// The file of metrics in a run folder.
  static let metricsName = "metrics.json"
  /// The file of the whole configuration in a run folder.
  static let configurationName = "run.toml"

  let configuration: ChurnConfiguration
  let data: ChurnData
  let model: FittedChurn
  let pipeline: FeaturePipeline
  let results: ChurnResults

  /// The names and bytes of all files but the manifest.
  func all() throws -> [(name: String, bytes: [UInt8])] {
    let run = RunFile.text(
      configuration, settings: ChurnConfiguration.settings, notes: try resolvedValues())
    var file = try model.boosting.model.safetensors()
    model.calibration.store(in: &file)
    return [
      (Self.modelName, file.encoded()),
      (ChurnLayout.fileName, try data.layout.encoded()),
      ("scalers/ohe.json", try pipeline.encoder.exportedJSON()),
      ("scalers/ohe.pkl", pipeline.encoder.scikitLearnPickle()),
      ("scalers/std_scaler.json", try pipeline.scaler.exportedJSON()),
      ("scalers/std_scaler.pkl", pipeline.scaler.scikitLearnPickle()),
      (Self.metricsName, Array(try JSONDocument.text(of: results).utf8)),
      (Self.configurationName, Array(run.utf8)),
    ]
  }

  /// What "auto" came to in the final training.
  private func resolvedValues() throws -> [String: String] {
    try configuration.resolvedValues(rows: data.rowCount, positive: data.target.positive)
  }
}

extension ChurnConfiguration {
  /// What the settings that may be "auto" came to in the training of a number of rows, as TOML.
  func resolvedValues(rows: Int, positive: String) throws -> [String: String] {
    var filled = self
    filled.boosting = try boosting.resolved(rows: rows).configuration
    filled.judging.holdout = filled.judging.share
    filled.data.positive = positive
    var values: [String: String] = [:]
    for setting in ChurnConfiguration.settings where setting.acceptsAuto {
      values[setting.key] = setting.read(filled)?.toml
    }
    return values
  }
}
