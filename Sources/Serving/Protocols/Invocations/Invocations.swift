// POST /invocations, as MLflow and SageMaker have it.
import LearningTasks
import NIOCore
import NIOHTTP1
import Tables

extension ServedModel {
  /// The types of bodies that are tables.
  static let tableTypes = ["text/csv", "application/vnd.apache.parquet"]

  /// The answer to an invocation.
  ///
  /// - Throws: `RequestFailure`, and the errors of predicting.
  func invoke(_ request: Request, mostRows: Int) throws -> Response {
    let answers: Table
    switch request.mediaType {
    case "application/json", "application/json+pandas-split":
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
      request.accepts("text/csv")
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

  /// Whether an answer of a type is asked for before any other.
  fileprivate func accepts(_ type: String) -> Bool {
    headers.first(name: "accept")?.lowercased().hasPrefix(type) ?? false
  }

  /// The body as JSON.
  ///
  /// - Throws: `RequestFailure` for a body that is none.
  func document() throws -> JSONNode {
    do {
      return try body.withUnsafeReadableBytes { bytes in
        try JSONReader.value(bytes.assumingMemoryBound(to: UInt8.self))
      }
    } catch let problem as JSONProblem {
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
