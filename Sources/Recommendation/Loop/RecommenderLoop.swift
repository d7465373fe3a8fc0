// The steps of a loop that keeps a recommender fresh.
//
// A version's folder holds two models. The one in `run` has learnt from all interactions and is in
// service. The holdout model, in `holdout`, was trained in the same way without those that were set aside, and
// stands for it in every comparison: nobody is judged on what it has learnt from, and nobody who is
// served goes without the newest interactions.
import LearningTasks
import Storage

/// The steps of a loop over tables of interactions.
struct RecommenderLoop: TaskLoop {
  /// What the loop is told.
  let configuration: RecommenderLoopConfiguration
  /// Where steps run.
  let context: RunContext

  /// The folder of the model that is judged, in that of a candidate or a version.
  static let holdoutName = "holdout"
  /// The same folder in versions of older programs.
  private static let olderHoldoutName = "twin"
  /// The tables of a training in its work folder.
  static let interactionsName = "interactions.parquet"
  static let usersName = "users.parquet"
  static let itemsName = "items.parquet"
  static let judgedName = "judged.parquet"
  static let judgingName = "judging.json"

  /// Creates the steps.
  init(_ configuration: RecommenderLoopConfiguration, context: RunContext) {
    self.configuration = configuration
    self.context = context
  }

  var data: RecommenderConfiguration.Data { configuration.recommender.data }

  /// The model that is judged in place of the one in service.
  ///
  /// - Parameter folder: that of a candidate or a version.
  /// - Throws: `TaskError.notAModel`, `StorageError`.
  static func holdoutModel(of folder: String) throws -> RecommenderModel {
    let older = "\(folder)/\(olderHoldoutName)"
    return try RecommenderModel(
      folder: Manifest.isPresent(in: older) ? older : "\(folder)/\(holdoutName)")
  }
}

/// What the judging of a candidate needs from its training besides tables.
struct RecommenderJudging: Codable {
  /// The mean of the ratings that were learnt from, in their own scale; nil without ratings.
  var meanRating: Double?

  enum CodingKeys: String, CodingKey {
    case meanRating = "mean_rating"
  }
}

/// reference.json of a recommender: what later files are held against.
struct RecommenderReference: LoopReference {
  static let newestFormatVersion = 1
  static let noun = "reference"

  var formatVersion = newestFormatVersion
  /// The columns of tables of interactions that were used.
  var columns: [String]
  /// How well the model agreed with interactions that it had not seen; nil where there were too few.
  var agreement: PairAgreement?

  enum CodingKeys: String, CodingKey {
    case columns, agreement
    case formatVersion = "format_version"
  }
}

extension RecommenderReference {
  /// What the reference contradicts itself in; nil if it does not.
  var problem: String? {
    if formatVersion < 1 { return "the format version \(formatVersion)" }
    guard let agreement else { return nil }
    let isOrdered = agreement.lower <= agreement.value && agreement.value <= agreement.upper
    return isOrdered && agreement.rows >= 0 && (0...1).contains(agreement.value)
      ? nil : "an agreement outside of its interval"
  }
}
