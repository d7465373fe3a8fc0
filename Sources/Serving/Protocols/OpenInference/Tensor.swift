// One tensor of a request: its name, shape and cells, from JSON data or from the bytes behind the JSON.
import NIOHTTP1
import Tables
import Texts

/// A tensor whose data agree with its shape and type.
struct Tensor {
  let name: String
  let rows: Int
  /// The columns: 1 for the shapes [rows] and [rows, 1].
  let width: Int
  /// Whether the shape has two sides.
  let isMatrix: Bool
  /// The elements, row by row.
  let cells: [CellColumn.Cell]

  /// The cells of one of the columns.
  func column(_ place: Int) -> [CellColumn.Cell] {
    stride(from: place, to: cells.count, by: width).map { cells[$0] }
  }

  /// Reads a tensor.
  ///
  /// Two sides of 31 bits have a product that no integer overflows.
  ///
  /// - Parameters:
  ///   - document: the JSON of the tensor.
  ///   - binary: the bytes behind the JSON of the request; those of this tensor are taken.
  ///   - path: what messages call the tensor; asked for where there is one.
  /// - Throws: `RequestFailure`.
  init(
    _ document: JSONNode, binary: inout BinaryPart, path: @autoclosure () -> String
  ) throws(RequestFailure) {
    guard case .text(let name)? = document["name"] else {
      throw InferRequest.refusal("\(path()).name", document["name"], "a text")
    }
    guard case .text(let word)? = document["datatype"], let type = TensorType.named[ByteText(word)]
    else {
      throw InferRequest.refusal(
        "\(path()).datatype", document["datatype"], TensorType.allCases.map(\.rawValue).oneOf)
    }
    let shape = try Self.shape(document["shape"], path)
    let count = shape.reduce(1, *)
    self.name = name
    (rows, width, isMatrix) = (shape[0], shape.count == 2 ? shape[1] : 1, shape.count == 2)
    switch document["parameters"] {
    case nil, .null?, .object?: break
    case let other?: throw InferRequest.refusal("\(path()).parameters", other, "an object")
    }
    if let size = document["parameters"]?["binary_data_size"] {
      guard document["data"] == nil else {
        throw RequestFailure(
          .badRequest, path(), found: "both data and binary_data_size", expected: "one of them")
      }
      var bytes = try binary.take(size, path: "\(path()).parameters.binary_data_size")
      cells = try type.cells(&bytes, count: count, path: "\(path()).data of '\(name)'")
      return
    }
    let elements = try Self.elements(document["data"], shape: shape, count: count, path)
    var cells: [CellColumn.Cell] = []
    cells.reserveCapacity(count)
    for (place, element) in elements.enumerated() {
      guard let cell = type.cell(element) else {
        throw InferRequest.refusal(
          "\(path()).data[\(place)] of '\(name)'", element, "an element of \(type.rawValue)")
      }
      cells.append(cell)
    }
    self.cells = cells
  }

  private static func shape(
    _ document: JSONNode?, _ path: () -> String
  ) throws(RequestFailure) -> [Int] {
    guard case .list(let sides)? = document, (1...2).contains(sides.count) else {
      throw InferRequest.refusal("\(path()).shape", document, "one or two whole numbers")
    }
    var shape: [Int] = []
    for side in sides {
      guard case .integer(let size) = side, (1...Int64(Int32.max)).contains(size) else {
        throw InferRequest.refusal("\(path()).shape", side, "whole numbers from 1 to \(Int32.max)")
      }
      shape.append(Int(size))
    }
    return shape
  }

  /// The elements of JSON data: lists of rows are as good as all elements in a row.
  private static func elements(
    _ document: JSONNode?, shape: [Int], count: Int, _ path: () -> String
  ) throws(RequestFailure) -> [JSONNode] {
    guard case .list(let data)? = document else {
      throw InferRequest.refusal("\(path()).data", document, "a list")
    }
    var elements = data
    if shape.count == 2, let first = data.first, case .list = first {
      elements = []
      for (row, part) in data.enumerated() {
        guard case .list(let values) = part, values.count == shape[1] else {
          throw InferRequest.refusal("\(path()).data[\(row)]", part, "a list of \(shape[1])")
        }
        elements += values
      }
    }
    guard elements.count == count else {
      throw RequestFailure(
        .badRequest, "\(path()).data", found: elements.count.counted("element"),
        expected: "\(count), as the shape says")
    }
    return elements
  }
}
