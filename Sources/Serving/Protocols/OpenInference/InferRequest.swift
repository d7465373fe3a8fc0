// The JSON of an inference request: named tensors, one for each column of the model, of the shape
// [rows] or [rows, 1]; or one tensor [rows, columns] whose columns are those of the model in order.
import NIOHTTP1
import Tables
import Texts

/// An inference request of the Open Inference Protocol.
struct InferRequest {
  /// What comes back with the answer; nil for nothing.
  let id: String?
  let input: ModelInput
  /// The outputs that are wanted; nil for all.
  let outputs: [Output]?
  /// Whether outputs are binary that do not say so themselves.
  let wantsBinary: Bool

  /// An output that is wanted.
  struct Output {
    let name: String
    /// Whether its data are binary; nil where it is not told.
    let isBinary: Bool?
  }

  /// The parameters of a request; `content_type` is what other servers need to be told.
  private static let parameters = ["explain", "binary_data_output", "content_type"]

  /// Reads a request.
  ///
  /// - Parameters:
  ///   - document: the JSON.
  ///   - binary: the bytes behind it.
  ///   - columns: those of the model that are not identifiers, in their order.
  /// - Throws: `RequestFailure`.
  init(_ document: JSONNode, binary: BinaryPart, columns: [String]) throws(RequestFailure) {
    guard case .object = document else {
      throw Self.refusal("the request", document, "an object")
    }
    switch document["id"] {
    case nil, .null?: id = nil
    case .text(let text)?: id = text
    case let other?: throw Self.refusal("id", other, "a text")
    }
    let parameters = try JSONMembers(document["parameters"], path: "parameters")
    try parameters.check(known: Self.parameters)
    wantsBinary = try parameters.flag("binary_data_output") ?? false
    guard case .list(let tensors)? = document["inputs"], !tensors.isEmpty else {
      throw Self.refusal("inputs", document["inputs"], "a list of tensors")
    }
    var read: [CellColumn] = []
    var rowCount: Int?
    var names: Set<ByteText> = []
    var binary = binary
    for (index, document) in tensors.enumerated() {
      let tensor = try Tensor(document, binary: &binary, path: "inputs[\(index)]")
      guard names.insert(ByteText(tensor.name)).inserted else {
        throw RequestFailure(
          .badRequest, "inputs[\(index)].name", found: "'\(tensor.name)' a second time",
          expected: "each name once")
      }
      guard rowCount == nil || rowCount == tensor.rows else {
        throw RequestFailure(
          .badRequest, "inputs[\(index)].shape", found: tensor.rows.counted("row"),
          expected: "\(rowCount ?? 0), as the inputs before have")
      }
      rowCount = tensor.rows
      // A tensor of all columns has any name but that of a column.
      if tensors.count == 1, tensor.isMatrix, tensor.width == columns.count,
        !columns.contains(bytesOf: tensor.name)
      {
        for (place, name) in columns.enumerated() {
          read.append(CellColumn(name: name, cells: tensor.column(place)))
        }
        continue
      }
      guard tensor.width == 1 else {
        throw RequestFailure(
          .badRequest, "inputs[\(index)].shape", found: tensor.width.counted("column"),
          expected: tensors.count == 1
            ? "1, or \(columns.count), the columns of the model" : "1")
      }
      read.append(CellColumn(name: tensor.name, cells: tensor.cells))
    }
    try binary.checkEnd()
    input = ModelInput(
      columns: read, rowCount: rowCount ?? 0, explain: try ModelInput.reasons(parameters))
    outputs = try Self.outputs(document["outputs"])
  }

  private static func outputs(_ document: JSONNode?) throws(RequestFailure) -> [Output]? {
    switch document {
    case nil, .null?: return nil
    case .list(let wanted)?:
      var outputs: [Output] = []
      for (index, output) in wanted.enumerated() {
        let path = "outputs[\(index)]"
        guard case .text(let name)? = output["name"] else {
          throw refusal("\(path).name", output["name"], "a text")
        }
        guard !outputs.contains(where: { $0.name.hasSameBytes(as: name) }) else {
          throw RequestFailure(
            .badRequest, "\(path).name", found: "'\(name)' a second time",
            expected: "each name once")
        }
        let parameters = try JSONMembers(output["parameters"], path: "\(path).parameters")
        outputs.append(Output(name: name, isBinary: try parameters.flag("binary_data")))
      }
      return outputs
    case let other?: throw refusal("outputs", other, "a list of objects")
    }
  }

  static func refusal(_ part: String, _ found: JSONNode?, _ expected: String) -> RequestFailure {
    RequestFailure(.badRequest, part, found: found?.kind ?? "nothing", expected: expected)
  }
}
