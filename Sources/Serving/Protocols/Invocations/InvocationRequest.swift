// The JSON of POST /invocations, as MLflow's servers read it: exactly one of `dataframe_split`,
// `dataframe_records`, `instances` and `inputs`, and `params`.
import NIOHTTP1
import Tables
import Texts

/// The rows of an invocation.
struct InvocationRequest {
  let input: ModelInput

  private static let forms = ["dataframe_split", "dataframe_records", "instances", "inputs"]

  /// Reads a request.
  ///
  /// - Parameter columns: those of the model that are not identifiers: the names of rows without any.
  /// - Throws: `RequestFailure`.
  init(_ document: JSONNode, columns: [String]) throws {
    guard case .object(let members) = document else {
      throw InferRequest.refusal("the request", document, "an object")
    }
    let known = Self.forms + ["params", "parameters"]
    if let other = members.first(where: { !known.contains(bytesOf: $0.name) }) {
      throw RequestFailure(
        .badRequest, "the request", found: "'\(other.name)'", expected: known.oneOf)
    }
    let given = members.filter { Self.forms.contains(bytesOf: $0.name) }
    guard given.count == 1, let form = given.first else {
      throw RequestFailure(
        .badRequest, "the request",
        found: given.isEmpty
          ? "none of them" : given.map { "'\($0.name)'" }.joined(separator: ", "),
        expected: "exactly \(Self.forms.oneOf)")
    }
    var input =
      switch (form.name, form.value) {
      case ("dataframe_split", _): try Self.split(form.value)
      case ("inputs", .object(let members)): try Self.columns(members)
      default: try Self.rows(form.value, of: form.name, columns: columns)
      }
    guard document["params"] == nil || document["parameters"] == nil else {
      throw RequestFailure(
        .badRequest, "the request", found: "both 'params' and 'parameters'",
        expected: "one of them")
    }
    let parameters = try JSONMembers(
      document["params"] ?? document["parameters"], path: "params")
    try parameters.check(known: ["explain"])
    input.explain = try ModelInput.reasons(parameters)
    self.input = input
  }

  private static func cell(_ value: JSONNode, _ path: @autoclosure () -> String) throws
    -> CellColumn.Cell
  {
    switch value {
    case .null: .missing
    case .flag(let flag): .flag(flag)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .list, .object:
      throw InferRequest.refusal(path(), value, "a number, a text, true, false or null")
    }
  }

  /// `{"columns": ["a", "b"], "data": [[1, 2]]}`, where `index` says nothing.
  private static func split(_ value: JSONNode) throws -> ModelInput {
    guard case .list(let names)? = value["columns"] else {
      throw InferRequest.refusal(
        "dataframe_split.columns", value["columns"], "a list of distinct texts")
    }
    let columns = try names.map { name in
      guard case .text(let text) = name else {
        throw InferRequest.refusal("dataframe_split.columns", name, "texts")
      }
      return text
    }
    guard Set(texts: columns).count == columns.count else {
      throw RequestFailure(
        .badRequest, "dataframe_split.columns", found: "a name a second time",
        expected: "each name once")
    }
    guard let data = value["data"] else {
      throw InferRequest.refusal("dataframe_split.data", nil, "a list of rows")
    }
    return try rows(data, of: "dataframe_split.data", columns: columns)
  }

  /// A list of objects, or of lists of as many values as there are columns.
  private static func rows(
    _ value: JSONNode, of path: String, columns: [String]
  ) throws -> ModelInput {
    guard case .list(let rows) = value else {
      throw InferRequest.refusal(path, value, "a list of rows")
    }
    if case .object? = rows.first { return try records(rows, of: path) }
    var cells = [[CellColumn.Cell]](repeating: [], count: columns.count)
    for (row, document) in rows.enumerated() {
      // A row of one column may be a value by itself.
      let values: [JSONNode]
      if case .list(let list) = document { values = list } else { values = [document] }
      guard values.count == columns.count else {
        throw RequestFailure(
          .badRequest, "\(path)[\(row)]", found: values.count.counted("value"),
          expected: "\(columns.count), one for each column")
      }
      for (column, value) in values.enumerated() {
        cells[column].append(try cell(value, "\(path)[\(row)][\(column)]"))
      }
    }
    return ModelInput(
      columns: zip(columns, cells).map { CellColumn(name: $0, cells: $1) }, rowCount: rows.count)
  }

  /// Objects with the same members, in any order.
  private static func records(_ rows: [JSONNode], of path: String) throws -> ModelInput {
    var placeOf: [ByteText: Int] = [:]
    var names: [String] = []
    var cells: [[CellColumn.Cell]] = []
    for (row, document) in rows.enumerated() {
      guard case .object(let members) = document else {
        throw InferRequest.refusal("\(path)[\(row)]", document, "an object")
      }
      if row == 0 {
        names = members.map(\.name)
        for (place, name) in names.enumerated() { placeOf[ByteText(name)] = place }
        cells = names.map { _ in [] }
      }
      for member in members {
        guard let place = placeOf[ByteText(member.name)] else {
          throw RequestFailure(
            .badRequest, "\(path)[\(row)]", found: "the column '\(member.name)'",
            expected: "the columns of \(path)[0]")
        }
        cells[place].append(try cell(member.value, "\(path)[\(row)].\(member.name)"))
      }
      // The names of an object are distinct, so one that is lacking makes it shorter.
      guard members.count == names.count else {
        let lacking = names.first { name in !members.contains { $0.name.hasSameBytes(as: name) } }
        throw RequestFailure(
          .badRequest, "\(path)[\(row)]", found: "no column '\(lacking ?? "")'",
          expected: "the columns of \(path)[0], with null for a missing value")
      }
    }
    return ModelInput(
      columns: zip(names, cells).map { CellColumn(name: $0, cells: $1) }, rowCount: rows.count)
  }

  /// An object of columns.
  private static func columns(_ members: [JSONNode.Member]) throws -> ModelInput {
    var rowCount: Int?
    let columns = try members.map { member in
      let path = "inputs.\(member.name)"
      let values: [JSONNode]
      if case .list(let list) = member.value { values = list } else { values = [member.value] }
      guard rowCount == nil || rowCount == values.count else {
        throw RequestFailure(
          .badRequest, path, found: values.count.counted("value"),
          expected: "\(rowCount ?? 0), as the columns before have")
      }
      rowCount = values.count
      return CellColumn(
        name: member.name,
        cells: try values.enumerated().map { row, value in
          // A tensor of the shape [rows, 1] has each value in a list of its own.
          if case .list(let list) = value, list.count == 1 {
            return try cell(list[0], "\(path)[\(row)][0]")
          }
          return try cell(value, "\(path)[\(row)]")
        })
    }
    return ModelInput(columns: columns, rowCount: rowCount ?? 0)
  }
}
