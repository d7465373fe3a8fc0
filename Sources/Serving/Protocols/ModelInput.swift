// What a request asks of a model, whatever protocol it came by: a table, and reasons.
import LearningTasks
import NIOHTTP1
import NumericCore
import Tables

/// The cells of a request.
struct ModelInput {
  var columns: [CellColumn]
  var rowCount: Int
  /// How many reasons are wanted for each row; nil for none.
  var explain: Int?

  /// Checks the number of rows.
  ///
  /// - Throws: `RequestFailure` with status 413 for more than are allowed.
  func check(mostRows: Int) throws {
    guard rowCount >= 1 else {
      throw RequestFailure(
        .badRequest, "the rows", found: "none", expected: "at least one")
    }
    try Self.check(rows: rowCount, most: mostRows)
  }

  /// - Throws: `RequestFailure` with status 413 for more rows than are allowed.
  static func check(rows: Int, most: Int) throws {
    guard rows <= most else {
      throw RequestFailure(
        .payloadTooLarge, "the rows", found: "\(rows)", expected: "at most \(most)")
    }
  }

  /// The number of reasons that `parameters` ask for.
  ///
  /// - Throws: `RequestFailure`.
  static func reasons(_ parameters: JSONMembers) throws(RequestFailure) -> Int? {
    try parameters.whole("explain", 1...Self.mostReasons)
  }

  /// The most reasons of a row; models bound them further.
  static let mostReasons = 10_000
}

extension ServedModel {
  /// What the cells of a request are called in messages.
  static let requestName = "the request"

  /// The answers to the cells of a request, computed on the calling thread alone.
  func answers(_ input: ModelInput) throws -> Table {
    var predictor = predictor
    if let explain = input.explain { predictor = try predictor.explaining(explain) }
    return try predictor.answers(
      to: input.columns, rowCount: input.rowCount, named: Self.requestName,
      context: RunContext(pool: Self.pool))
  }

  /// A pool of the calling thread: requests are answered side by side, each by one thread.
  static let pool = WorkerPool(threads: 1)
}
