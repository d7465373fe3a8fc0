// The documents of the Open Inference Protocol (version 2, REST) that tell of a model and its answers.
import LearningTasks
import NIOCore
import NIOHTTP1
import Tables
import Texts

extension ServedModel {
  /// The column that the documents of the protocol tell as the version of the model.
  static let versionColumn = "model_version"

  /// The columns to give, in their order, without identifiers.
  var modelledColumns: [String] {
    predictor.inputSchema.fields.filter { $0.kind != .text }.map(\.name)
  }

  /// The metadata of the model: names, types and shapes.
  func metadata(name: String, versions: [String]) -> String {
    func tensors(_ fields: [Schema.Field]) -> JSONNode {
      .list(
        fields.filter { $0.name != Self.versionColumn }.map { field in
          [
            "name": .text(field.name), "datatype": .text(TensorType(field.kind).rawValue),
            "shape": [-1],
          ]
        })
    }
    let document: JSONNode = [
      "name": .text(name), "versions": .list(versions.map { .text($0) }),
      "platform": .text("mlcore_\(predictor.task)"),
      "inputs": tensors(predictor.inputSchema.fields),
      "outputs": tensors(predictor.outputSchema.fields),
    ]
    return document.text
  }

  /// The answer to an inference request.
  ///
  /// - Throws: `RequestFailure` for an output that there is not.
  func inferAnswer(_ answers: Table, to request: InferRequest, name: String) throws -> Response {
    let columns = answers.columns.filter { $0.name != Self.versionColumn }
    let wanted =
      try request.outputs.map { outputs in
        try outputs.map { output in
          guard let column = columns.first(where: { $0.name.hasSameBytes(as: output.name) }) else {
            throw RequestFailure(
              .badRequest, "outputs", found: "'\(output.name)'",
              expected: columns.map(\.name).oneOf)
          }
          return (column, output.isBinary ?? request.wantsBinary)
        }
      } ?? columns.map { ($0, request.wantsBinary) }
    var binary = ByteBuffer()
    var output = JSONOutput()
    output.add(#"{"model_name":"#)
    output.add(literal: name)
    output.add(#","model_version":"#)
    output.add(literal: version)
    if let id = request.id {
      output.add(#","id":"#)
      output.add(literal: id)
    }
    output.add(#","outputs":["#)
    output.add(each: wanted) { output, wanted in
      let (column, isBinary) = wanted
      output.add(#"{"name":"#)
      output.add(literal: column.name)
      output.add(
        #","datatype":"\#(TensorType(column.kind).rawValue)","shape":[\#(column.count)],"#)
      if isBinary {
        var bytes = column.tensorBytes
        output.add(#""parameters":{"binary_data_size":\#(bytes.readableBytes)}}"#)
        binary.writeBuffer(&bytes)
      } else {
        output.add(#""data":["#)
        output.add(each: 0..<column.count) { output, row in
          output.add(Table.json(column, row: row))
        }
        output.add("]}")
      }
    }
    output.add("]}")
    var response = Response(output.bytes, contentType: "application/json")
    if wanted.contains(where: \.1) {
      response.contentType = "application/octet-stream"
      response.headers.append((Request.jsonLength, "\(output.bytes.count)"))
      response.body += binary.readableBytesView
    }
    response.rows = answers.rowCount
    return response
  }
}
