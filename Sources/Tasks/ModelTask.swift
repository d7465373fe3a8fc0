// Which task a model folder was trained for, by its list of files.
import Storage

/// What a model does.
public enum ModelTask: Sendable {
  /// It predicts who churns.
  case churn
  /// It recommends items.
  case recommender

  /// Looks into a folder, of which nothing but the manifest is read; whoever reads on checks it
  /// all.
  ///
  /// A folder that is no model at all passes for one of churn, whose reader says what is wrong.
  public init(folder: String) {
    let path = "\(folder)/\(Manifest.fileName)"
    let manifest = (try? AtomicFile.read(path)).flatMap { try? Manifest(decoding: $0, file: path) }
    self = manifest?.files[RecommenderRunFiles.modelName] == nil ? .churn : .recommender
  }
}
