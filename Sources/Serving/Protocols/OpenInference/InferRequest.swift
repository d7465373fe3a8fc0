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
  /// The names of the outputs that are wanted; nil for all.
  let outputs: [String]?

  /// Reads a request.
  ///
  /// - Parameters:
  ///   - document: the JSON.
  ///   - columns: those of the model that are not identifiers, in their order.
  /// - Throws: `RequestFailure`.
  init(_ document: JSONNode, columns: [String]) throws {
    guard case .object = document else {
      throw Self.refusal("the request", document, "an object")
    }
    switch document["id"] {
    case nil, .null?: id = nil
    case .text(let text)?: id = text
    case let other?: throw Self.refusal("id", other, "a text")
    }
    let parameters = document["parameters"]
    guard case .list(let tensors)? = document["inputs"], !tensors.isEmpty else {
      throw Self.refusal("inputs", document["inputs"], "a list of tensors")
    }
    var read: [CellColumn] = []
    var rowCount: Int?
    var names: Set<ByteText> = []
    for (index, document) in tensors.enumerated() {
      let tensor = try Tensor(document, path: "inputs[\(index)]")
      guard names.insert(ByteText(tensor.name)).inserted else {
        throw RequestFailure(
          .badRequest, "inputs[\(index)].name", found: "'\(tensor.name)' a second time",
          expected: "each name once")
      }
      guard rowCount == nil || rowCount == tensor.rows else {
        throw RequestFailure(
          .badRequest, "inputs[\(index)].shape", found: "\(tensor.rows) rows",
          expected: "\(rowCount ?? 0), as the inputs before have")
      }
      rowCount = tensor.rows
      if tensor.width == 1,
        tensors.count > 1 || columns.contains(bytesOf: tensor.name)
          || columns.count != 1
      {
        read.append(CellColumn(name: tensor.name, cells: tensor.cells))
        continue
      }
      guard tensors.count == 1, tensor.width == columns.count else {
        throw RequestFailure(
          .badRequest, "inputs[\(index)].shape", found: "\(tensor.width) columns",
          expected: tensors.count == 1
            ? "1, or \(columns.count), the columns of the model" : "1")
      }
      for (place, name) in columns.enumerated() {
        read.append(
          CellColumn(
            name: name,
            cells: stride(from: place, to: tensor.cells.count, by: tensor.width).map {
              tensor.cells[$0]
            }))
      }
    }
    input = ModelInput(
      columns: read, rowCount: rowCount ?? 0, explain: try ModelInput.reasons(parameters))
    switch document["outputs"] {
    case nil, .null?: outputs = nil
    case .list(let wanted)?:
      outputs = try wanted.enumerated().map { index, output in
        guard case .text(let name)? = output["name"] else {
          throw Self.refusal("outputs[\(index)].name", output["name"], "a text")
        }
        return name
      }
    case let other?: throw Self.refusal("outputs", other, "a list of objects")
    }
  }

  static func refusal(_ part: String, _ found: JSONNode?, _ expected: String) -> RequestFailure {
    RequestFailure(.badRequest, part, found: found?.kind ?? "nothing", expected: expected)
  }

  /// A tensor whose data agree with its shape and type.
  private struct Tensor {
    let name: String
    let rows: Int
    let width: Int
    let cells: [CellColumn.Cell]

    init(_ document: JSONNode, path: String) throws {
      guard case .text(let name)? = document["name"] else {
        throw InferRequest.refusal("\(path).name", document["name"], "a text")
      }
      guard case .text(let word)? = document["datatype"], let type = TensorType(rawValue: word)
      else {
        throw InferRequest.refusal(
          "\(path).datatype", document["datatype"],
          TensorType.allCases.map(\.rawValue).oneOf)
      }
      guard case .list(let sides)? = document["shape"], (1...2).contains(sides.count) else {
        throw InferRequest.refusal("\(path).shape", document["shape"], "one or two whole numbers")
      }
      let shape = try sides.map { side in
        guard case .integer(let size) = side, (0...Int64(Int32.max)).contains(size) else {
          throw InferRequest.refusal("\(path).shape", side, "whole numbers from 0 to \(Int32.max)")
        }
        return Int(size)
      }
      guard case .list(let data)? = document["data"] else {
        throw InferRequest.refusal("\(path).data", document["data"], "a list")
      }
      var elements = data
      // Lists of rows are as good as all elements in a row.
      if shape.count == 2, let first = data.first, case .list = first {
        elements = []
        for (row, part) in data.enumerated() {
          guard case .list(let values) = part, values.count == shape[1] else {
            throw InferRequest.refusal("\(path).data[\(row)]", part, "a list of \(shape[1])")
          }
          elements += values
        }
      }
      let count = shape.reduce(1, *)
      guard elements.count == count else {
        throw RequestFailure(
          .badRequest, "\(path).data", found: "\(elements.count) elements",
          expected: "\(count), as the shape says")
      }
      self.name = name
      (rows, width) = (shape[0], shape.count == 2 ? shape[1] : 1)
      cells = try elements.enumerated().map { place, element in
        guard let cell = type.cell(element) else {
          throw InferRequest.refusal(
            "\(path).data[\(place)] of '\(name)'", element, "an element of \(type.rawValue)")
        }
        return cell
      }
    }
  }
}
