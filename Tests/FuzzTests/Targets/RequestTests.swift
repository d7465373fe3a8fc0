// Requests to a server, damaged in every way, up to the answer of a model.
import LearningTasks
import NIOCore
import NIOHTTP1
import NumericCore
import Storage
import Tables
import TestSupport
import Testing

@testable import Classification
@testable import Serving
@testable import Tabular

@Suite(.onOwnThread(limit: Fuzzer.timeLimit), .serialized) struct RequestTests {
  private static let bodies = [
    #"""
    {"id":"7","parameters":{"explain":2,"binary_data_output":true},"inputs":[
    {"name":"tenure","shape":[2],"datatype":"INT64","data":[3,null]},
    {"name":"charges","shape":[2,1],"datatype":"FP64","data":[[1.5],[2e3]]},
    {"name":"plan","shape":[2],"datatype":"BYTES","data":["a","\u00e9"]}],
    "outputs":[{"name":"churn_probability","parameters":{"binary_data":false}}]}
    """#,
    #"""
    {"inputs":[{"name":"all","shape":[2,3],"datatype":"FP32","data":[1,2,3,4,5,6]}]}
    """#,
    #"""
    {"dataframe_split":{"columns":["tenure","charges","plan"],"data":[[1,2.5,"a"],[null,0,"b"]]}}
    """#,
    #"""
    {"instances":[{"tenure":1,"charges":"2","plan":true},{"tenure":1,"charges":2,"plan":null}]}
    """#,
    #"{"inputs":{"tenure":[1,2],"charges":[1,2],"plan":["a","b"]},"params":{"explain":1}}"#,
  ]

  private func model() throws -> ServedModel {
    let base = try ChurnBase()
    return ServedModel(
      predictor: try ClassifierPredictor(folder: base.model), folder: base.model, trained: 0)
  }

  /// Has a model answer, as its routes do.
  private func attempt(_ answer: () throws -> Response) throws -> FuzzOutcome {
    do {
      let response = try answer()
      guard response.body.count < 1 << 20 else {
        throw FuzzFinding(problem: "an answer of \(response.body.count) bytes to two rows")
      }
      return .accepted
    } catch let failure as RequestFailure {
      guard (400..<500).contains(failure.status.code), !failure.response.body.isEmpty else {
        throw FuzzFinding(problem: "\(failure)")
      }
    } catch let error as TableError where error.kind == .badData {
    } catch is any TaskFailure {
    }
    return .refused
  }

  private func answer(_ body: [UInt8], by model: ServedModel, told: Int? = nil) throws -> Response {
    var headers = HTTPHeaders([("content-type", "application/json")])
    if let told { headers.add(name: Request.jsonLength, value: "\(told)") }
    var request = try Request(
      HTTPRequestHead(version: .http1_1, method: .POST, uri: "/invocations", headers: headers))
    request.body = ByteBuffer(bytes: body)
    let (document, binary) = try request.inference()
    if document["outputs"] != nil || told != nil || document["parameters"] != nil {
      let asked = try InferRequest(document, binary: binary, columns: model.modelledColumns)
      try asked.input.check(mostRows: 1_000)
      return try model.inferAnswer(model.answers(asked.input), to: asked, name: "churn")
    }
    return try model.invoke(request, mostRows: 1_000)
  }

  @Test func `request bytes`() throws {
    let model = try model()
    Fuzzer.run("request bytes") { random in
      let body = Array(random.one(of: Self.bodies).utf8).mutatedBytes(&random)
      return try attempt { try answer(body, by: model) }
    }
  }

  @Test func `request JSON`() throws {
    let model = try model()
    Fuzzer.run("request JSON") { random in
      let text = JSONTree(random.one(of: Self.bodies)).mutated(&random).text
      return try attempt { try answer(Array(text.utf8), by: model) }
    }
  }

  @Test func `request binary`() throws {
    let model = try model()
    let json = Array(
      #"""
      {"inputs":[
      {"name":"tenure","shape":[2],"datatype":"FP64","parameters":{"binary_data_size":16}},
      {"name":"charges","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},
      {"name":"plan","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":10}}]}
      """#.utf8)
    let bytes = [UInt8](repeating: 0, count: 24) + [1, 0, 0, 0, 97, 1, 0, 0, 0, 98]
    Fuzzer.run("request binary") { random in
      let isJSON = random.index(2) == 0
      let damaged = (isJSON ? json : bytes).mutatedBytes(&random)
      let body = isJSON ? damaged + bytes : json + damaged
      let told = random.index(8) == 0 ? random.index(400) : (isJSON ? damaged : json).count
      return try attempt { try answer(body, by: model, told: told) }
    }
  }

  @Test func `request table`() throws {
    let base = try ChurnBase()
    let model = try model()
    let table = try base.folder.bytes("table.csv")
    Fuzzer.run("request table") { random in
      var request = try Request(
        HTTPRequestHead(
          version: .http1_1, method: .POST, uri: "/invocations",
          headers: ["content-type": "text/csv"]))
      request.body = ByteBuffer(bytes: table.mutatedBytes(&random))
      return try attempt { try model.invoke(request, mostRows: 1_000) }
    }
  }
}
