// What can be wrong with the tables, the questions or the embeddings of a recommender, as facts.
import LearningTasks
import Texts

/// A reason why a recommender cannot be trained or asked.
package enum RecommendationError: TaskFailure, Equatable, Sendable {
  /// A column is not in the table, or none was named and none has a usual name.
  ///
  /// `key` is the setting that names the column; nil where none does. `known` are the columns.
  case noColumn(role: String, name: String?, key: String?, data: String, known: [String])
  /// The column of times holds something else.
  case noTimes(column: String, data: String)
  /// A row lacks its time.
  case missingTime(column: String, row: Int, data: String)
  /// A table of users or items has two rows for one.
  case repeatedEntity(id: String, rows: [Int], data: String)
  /// A user or item has no name; nil for an empty cell.
  case missingIdentifier(column: String, row: Int, cell: String?, data: String)
  /// A rating is missing.
  case missingRating(row: Int, data: String)
  /// A rating is a word.
  case wordForRating(file: String, place: String, found: String)
  /// A rating is too large, too small or outside the scale.
  case unusableRating(row: Int, found: String, expected: String, data: String)
  /// A number of a feature is too far from those that were learnt from; `row` counts from 1, and is
  /// nil for what is known of a new user.
  case featureBeyondScale(
    side: String, feature: String, row: Int?, found: String, expected: ClosedRange<Double>)
  /// All ratings are the same.
  case equalRatings(rating: String, data: String)
  /// No row has a known user and a known item.
  case noInteractions(data: String)
  /// The model was trained on all interactions that it is to be evaluated on.
  case nothingToJudge(data: String)
  /// There are too few interactions, in total or per user, for a test part.
  ///
  /// `anywhereHelps` tells whether a test part of all users' interactions would not be empty.
  case tooFewInteractions(count: Int, data: String, anywhereHelps: Bool)
  /// There are too few interactions for the validation part of a search.
  case tooFewToValidate(count: Int, share: Double, data: String)
  /// The model was not trained on this user.
  case noSuchUser(id: String)
  /// The model was not trained on this item.
  case noSuchItem(id: String)
  /// The model knows no such feature of users.
  case unknownFeature(name: String, known: [String], suggestion: String?)
  /// A feature must be a number.
  case notANumber(feature: String, found: String)
  /// The model knows no value that was given for a new user.
  case nothingKnown
  /// A filter over item columns cannot be read; the position counts characters from 1.
  case badFilter(
    filter: String, position: Int, found: String, expected: String, suggestion: String?)
  /// The items have no column to count categories by; nil if none was named.
  case noCategory(name: String?, known: [String], suggestion: String?)
  /// A number of the rules of lists is outside its range.
  case ruleOutOfRange(rule: String, found: String, expected: String)
  /// The vector of a user or an item is all zeros: the model learnt nothing about it.
  case noDirection(entity: String, id: String)
  /// The database holds an item that the model does not have.
  case otherVectors(id: String)
  /// The table of the database holds another model's vectors, or does not say whose.
  case otherModel(table: String, database: String, found: String?, expected: String)
  /// The model knows none of the items that a basket holds.
  case noKnownItem(ids: [String])
  /// A number of an embedding is infinite or none; the position counts from 1.
  case vectorNotFinite(identifier: String, position: Int)
  /// Two embeddings have the same identifier; rows count from 1.
  case sameIdentifier(identifier: String, rows: [Int])
  /// The vector of a user has another number of elements than those of the model.
  case otherDimension(found: Int, expected: Int)
  /// The identifiers do not fit into the header of a file.
  case identifiersTooLong(file: String, size: Int, limit: Int)
  /// A record of a stream is not what it must be; records count from 1.
  case badStreamRecord(source: String, record: Int, found: String, expected: String)
}

extension RecommendationError {
  /// The facts, in one line.
  package var description: String {
    switch self {
    case .noColumn(let role, nil, _, let data, _):
      "\(data): no column of \(role) was found by its name"
    case .noColumn(let role, let name?, _, let data, _):
      "\(data): there is no column '\(name)' for \(role)"
    case .noTimes(let column, let data):
      "\(data): the column '\(column)' holds no times, expected dates or numbers"
    case .missingTime(let column, let row, let data):
      "\(data): data row \(row) of '\(column)' holds no time, expected one in every row"
    case .repeatedEntity(let id, let rows, let data):
      "\(data): '\(id)' is in data rows \(rows.map(String.init).joined(separator: " and ")), expected "
        + "one row each"
    case .missingIdentifier(let column, let row, nil, let data):
      "\(data): data row \(row) of '\(column)' is empty, expected an identifier"
    case .missingIdentifier(let column, let row, let cell?, let data):
      "\(data): data row \(row) of '\(column)' is '\(cell)', which stands for a missing value, "
        + "expected an identifier"
    case .wordForRating(let file, let place, let found):
      "\(file): the rating in \(place) is '\(found)', expected a number"
    case .missingRating(let row, let data):
      "\(data): the rating in data row \(row) is missing, expected a number"
    case .featureBeyondScale(let side, let feature, let row, let found, let expected):
      "the \(side) feature '\(feature)'\(row.map { " in data row \($0)" } ?? "") is \(found), expected "
        + "\(expected.lowerBound) to \(expected.upperBound)"
    case .unusableRating(let row, let found, let expected, let data):
      "\(data): the rating in data row \(row) is \(found), expected \(expected)"
    case .equalRatings(let rating, let data):
      "\(data): all ratings are \(rating), expected at least two different ones"
    case .noInteractions(let data): "\(data): no row has a known user and a known item"
    case .nothingToJudge(let data):
      "\(data): the model was trained on all of these interactions"
    case .tooFewInteractions(1, let data, _):
      "\(data): a single interaction is too few for a test part"
    case .tooFewInteractions(let count, let data, _):
      "\(data): the \(count) interactions are too few, in total or per user, for a test part"
    case .tooFewToValidate(let count, let share, let data):
      "\(data): the \(count) interactions for training are too few for a validation part of \(share) of them"
    case .noSuchUser(let id): "the model knows no user '\(id)'"
    case .noSuchItem(let id): "the model knows no item '\(id)'"
    case .unknownFeature(let name, let known, _):
      "the model knows no user feature '\(name)', expected "
        + (known.isEmpty ? "none" : known.someOf)
    case .notANumber(let feature, let found):
      "the user feature '\(feature)' is '\(found)', expected a number"
    case .badFilter(let filter, let position, let found, let expected, _):
      "the filter \"\(filter)\": at character \(position) found \(found), expected \(expected)"
    case .noCategory(let name?, let known, _):
      "the items have no column '\(name)', expected "
        + (known.isEmpty ? "none: the model has no item columns" : known.oneOf)
    case .noCategory(nil, let known, _):
      "no item feature is a category, expected the name of an item column"
        + (known.isEmpty ? ", of which the model has none" : ": \(known.oneOf)")
    case .ruleOutOfRange(let rule, let found, let expected):
      "\(rule) is \(found), expected \(expected)"
    case .noDirection(let entity, let id):
      "the vector of the \(entity) '\(id)' is all zeros: the model learnt nothing about it"
    case .otherVectors(let id):
      "the database holds an item '\(id)' that the model does not have"
    case .otherModel(let table, let database, let found, let expected):
      "\(database): the table \(table) is \(found.map { "of '\($0)'" } ?? "of no known model"), "
        + "expected '\(expected)'"
    case .nothingKnown: "the model knows none of the values that were given for the user"
    case .noKnownItem(let ids):
      ids.isEmpty
        ? "the basket holds no items"
        : "the model knows none of the items "
          + ids.map { "'\($0)'" }.joined(separator: ", ")
    case .vectorNotFinite(let identifier, let position):
      "the embedding of '\(identifier)' has no finite number in position \(position)"
    case .sameIdentifier(let identifier, let rows):
      "the identifier '\(identifier)' is in rows \(rows.map(String.init).joined(separator: " and ")), "
        + "expected it once"
    case .otherDimension(let found, let expected):
      "the embedding has \(found) elements, expected \(expected)"
    case .identifiersTooLong(let file, let size, let limit):
      "\(file): the identifiers need a header of \(size) bytes, expected at most \(limit)"
    case .badStreamRecord(let source, let record, let found, let expected):
      "\(source): record \(record): found \(found), expected \(expected)"
    }
  }
}
