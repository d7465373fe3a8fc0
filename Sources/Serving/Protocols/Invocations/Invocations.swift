// POST /invocations, as MLflow and SageMaker have it.
import LearningTasks
import NIOCore
import NIOHTTP1
import Tables

extension ServedModel {
  /// The types of bodies that are tables.
  static let tableTypes = ["text/csv", "application/vnd.apache.parquet", "application/x-parquet"]

  /// The answer to an invocation.
  ///
  /// - Throws: `RequestFailure`, and the errors of predicting.
  func invoke(_ request: Request, mostRows: Int) throws -> Response {
    let answers: Table
    switch request.mediaType {
    case "application/json":
      let input = try InvocationRequest(request.document(), columns: modelledColumns).input
      try input.check(mostRows: mostRows)
      answers = try self.answers(input)
    case let type where Self.tableTypes.contains(type):
      let table = try BodyFile(request.body).table(
        for: predictor, header: request.headerOfTable)
      try ModelInput.check(rows: table.rowCount, most: mostRows)
      answers = try predictor.predict(
        table, named: "the body", context: RunContext(pool: Self.pool))
    case let other:
      throw RequestFailure(
        .unsupportedMediaType, "content-type", found: other.isEmpty ? "none" : "'\(other)'",
        expected: (["application/json"] + Self.tableTypes).joined(separator: ", "))
    }
    var response =
      request.prefers("text/csv", to: "application/json")
      ? Response(answers.csv(), contentType: "text/csv; charset=utf-8")
      : Response(answers.predictions, contentType: "application/json")
    response.rows = answers.rowCount
    return response
  }
}

extension Request {
  /// Whether the first line of a table of text names its columns, where the media type says so.
  fileprivate var headerOfTable: Bool? {
    let type = headers.first(name: "content-type")?.lowercased() ?? ""
    return type.contains("header=absent") ? false : type.contains("header=present") ? true : nil
  }

  /// Whether the header `accept` weighs a type above the usual one (RFC 9110, 12.5.1).
  fileprivate func prefers(_ type: String, to usual: String) -> Bool {
    var weights = (type: 0.0, usual: 0.0)
    for range in headers[canonicalForm: "accept"] {
      let parts = range.lowercased().split(separator: ";").map { String($0).trimmedAsCell }
      let weight =
        parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      switch parts.first {
      case type: weights.type = max(weights.type, weight)
      case usual, "*/*", "application/*": weights.usual = max(weights.usual, weight)
      default: continue
      }
    }
    return weights.type > 0 && weights.type >= weights.usual
  }

  /// The body as JSON.
  ///
  /// - Throws: `RequestFailure` for a body that is none.
  func document() throws(RequestFailure) -> JSONNode { try Self.document(body) }

  /// Bytes as JSON.
  ///
  /// - Throws: `RequestFailure` for what is none.
  static func document(_ bytes: ByteBuffer) throws(RequestFailure) -> JSONNode {
    do {
      return try bytes.withUnsafeReadableBytes { bytes in
        try JSONReader.value(bytes.assumingMemoryBound(to: UInt8.self))
      }
    } catch {
      guard let problem = error as? JSONProblem else {
        throw RequestFailure(.internalServerError, "the server failed to read the body")
      }
      throw RequestFailure(
        .badRequest, "the body, at byte \(problem.offset + 1)", found: problem.found,
        expected: problem.expected)
    }
  }
}

extension Table {
  /// The rows as `{"predictions": [{...}]}`.
  fileprivate var predictions: [UInt8] {
    var output = JSONOutput()
    output.add(#"{"predictions":["#)
    output.add(each: 0..<rowCount) { output, row in
      output.add("{")
      output.add(each: columns) { output, column in
        output.add(literal: column.name)
        output.add(":")
        output.add(Table.json(column, row: row))
      }
      output.add("}")
    }
    output.add("]}")
    return output.bytes
  }
}
