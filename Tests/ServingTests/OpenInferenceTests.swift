// What the required API of the Open Inference Protocol says, one test for each rule.
import Foundation
import TestSupport
import Testing

@testable import Serving

@Suite(.onOwnThread) struct OpenInferenceTests {
  static let row = """
    {"id":"7","inputs":[
      {"name":"amount","shape":[2],"datatype":"FP64","data":[1.5,null]},
      {"name":"plan","shape":[2,1],"datatype":"BYTES","data":["basic"," plus "]},
      {"name":"since","shape":[2],"datatype":"BYTES","data":["1970-01-02","1970-01-01T00:00:01Z"]}]}
    """

  private func column(_ name: String, _ answer: Answer) throws -> [String: Any] {
    let outputs = try #require(try answer.json()["outputs"] as? [[String: Any]])
    return try #require(outputs.first { $0["name"] as? String == name })
  }

  @Test func `health tells that the server is live and ready`() throws {
    let server = try SampleServer()
    #expect(try server.ask("GET", "/v2/health/live").body == #"{"live":true}"#)
    #expect(try server.ask("GET", "/v2/health/ready").body == #"{"live":true,"ready":true}"#)
    #expect(try server.ask("GET", "/ping").status == 200)
  }

  @Test func `server metadata have a name, a version and extensions`() throws {
    let json = try SampleServer().ask("GET", "/v2").json()
    #expect(json["name"] as? String == "mlcore" && json["version"] is String)
    #expect(json["extensions"] is [Any])
  }

  @Test func `model metadata have names, types, shapes and versions`() throws {
    let server = try SampleServer()
    for path in ["/v2/models/sample", "/v2/models/sample/versions/aaaaaaaaaaaa"] {
      let json = try server.ask("GET", path).json()
      #expect(json["name"] as? String == "sample")
      #expect(json["versions"] as? [String] == ["aaaaaaaaaaaa"])
      #expect(json["platform"] as? String == "mlcore_sample")
      let inputs = try #require(json["inputs"] as? [[String: Any]])
      #expect(inputs.map { $0["name"] as? String } == ["id", "amount", "plan", "since"])
      #expect(
        inputs.map { $0["datatype"] as? String } == ["BYTES", "FP64", "BYTES", "BYTES"])
      #expect(inputs.allSatisfy { $0["shape"] as? [Int] == [-1] })
      #expect((json["outputs"] as? [Any])?.count == 4)
    }
  }

  @Test func `a model is ready by name and by version, and no other one is`() throws {
    let server = try SampleServer()
    #expect(try server.ask("GET", "/v2/models/sample/ready").json()["ready"] as? Bool == true)
    #expect(try server.ask("GET", "/v2/models/sample/versions/aaaaaaaaaaaa/ready").status == 200)
    for path in ["/v2/models/other/ready", "/v2/models/sample/versions/1/ready"] {
      let answer = try server.ask("GET", path)
      #expect(answer.status == 404)
      #expect(try answer.json()["error"] is String)
    }
  }

  @Test func `an inference answers with the id, the version and one tensor per column`() throws {
    let answer = try SampleServer().ask("POST", "/v2/models/sample/infer", Self.row)
    #expect(answer.status == 200, "\(answer)")
    let json = try answer.json()
    #expect(json["id"] as? String == "7" && json["model_name"] as? String == "sample")
    #expect(json["model_version"] as? String == "aaaaaaaaaaaa")
    let twice = try column("twice", answer)
    #expect(twice["datatype"] as? String == "FP64" && twice["shape"] as? [Int] == [2])
    #expect(answer.body.contains(#""data":[3,null]"#), "a missing number is null")
    #expect(try column("plan_found", answer)["data"] as? [String] == ["basic", "plus"])
    #expect(try column("seconds", answer)["data"] as? [Int] == [86_400, 1])
  }

  @Test func `outputs that are asked for come alone and in that order`() throws {
    let body = Self.row.dropLast() + #","outputs":[{"name":"seconds"},{"name":"twice"}]}"#
    let server = try SampleServer()
    let json = try server.ask("POST", "/v2/models/sample/infer", String(body)).json()
    let outputs = try #require(json["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["name"] as? String } == ["seconds", "twice"])
    let other = Self.row.dropLast() + #","outputs":[{"name":"nothing"}]}"#
    let refused = try server.ask("POST", "/v2/models/sample/infer", String(other))
    #expect(refused.status == 400 && refused.body.contains("'nothing'"))
    let twice = Self.row.dropLast() + #","outputs":[{"name":"twice"},{"name":"twice"}]}"#
    #expect(try server.ask("POST", "/v2/models/sample/infer", String(twice)).status == 400)
  }

  @Test func `one tensor may hold all columns`() throws {
    let body = #"""
      {"inputs":[{"name":"rows","shape":[2,3],"datatype":"FP64","data":[[1,2,3],[4,5,6]]}]}
      """#
    let answer = try SampleServer().ask("POST", "/v2/models/sample/infer", body)
    #expect(answer.status == 200, "\(answer)")
    #expect(try column("twice", answer)["data"] as? [Int] == [2, 8])
    #expect(try column("plan_found", answer)["data"] as? [String] == ["2", "5"])
  }

  @Test(arguments: [
    (#"{"inputs":[]}"#, "inputs"),
    (#"{"inputs":[{"name":"amount","shape":[2],"datatype":"FP64","data":[1]}]}"#, "as the shape"),
    (#"{"inputs":[{"name":"amount","shape":[-1],"datatype":"FP64","data":[1]}]}"#, "shape"),
    (
      #"{"inputs":[{"name":"amount","shape":[2147483647,2147483647],"datatype":"FP64","data":[1]}]}"#,
      "as the shape"
    ),
    (#"{"inputs":[{"name":"amount","shape":[1,1,1],"datatype":"FP64","data":[1]}]}"#, "shape"),
    (#"{"inputs":[{"name":"amount","shape":[1],"datatype":"FP128","data":[1]}]}"#, "datatype"),
    (#"{"inputs":[{"name":"amount","shape":[1],"datatype":"FP64","data":["x"]}]}"#, "FP64"),
    (#"{"inputs":[{"name":"amount","shape":[1],"datatype":"INT8","data":[128]}]}"#, "INT8"),
    (#"{"inputs":[{"name":"amount","shape":[1],"datatype":"FP64","data":[NaN]}]}"#, "JSON value"),
    (#"{"inputs":[{"name":"amount","shape":[1],"datatype":"FP64","data":[1e999]}]}"#, "number"),
    (#"{"inputs":[{"name":"wrong","shape":[1],"datatype":"FP64","data":[1]}]}"#, "'wrong'"),
    (#"{"inputs":[{"name":"amount","shape":[1],"datatype":"FP64","data":[1]}]}"#, "'plan'"),
    (#"{"inputs":[{"name":"x","shape":[3,0],"datatype":"FP64","data":[]}]}"#, "shape"),
    (#"{"inputs":[{"name":"x","shape":[3],"datatype":"FP64","data":[1,2,3]}]}"#, "'x'"),
    (#"{"parameters":{"explian":1},"inputs":[]}"#, "'explian'"),
    (#"{"parameters":[1],"inputs":[]}"#, "parameters"),
    (#"{"inputs":[{"name":"amount","shape":[0],"datatype":"FP64","data":[]}]}"#, "shape"),
  ])
  func `a wrong tensor is refused with the part that is wrong`(body: String, words: String) throws {
    let answer = try SampleServer().ask("POST", "/v2/models/sample/infer", body)
    #expect(answer.status == 400, "\(answer)")
    let error = try #require(try answer.json()["error"] as? String)
    #expect(error.contains(words), "\(error)")
  }

  @Test func `a value of another type than its column is refused with the column`() throws {
    let body = Self.row.replacing("1.5,null", with: "1.5,2").replacing(
      #""FP64","data":[1.5,2]"#, with: #""BYTES","data":["1.5","many"]"#)
    let answer = try SampleServer().ask("POST", "/v2/models/sample/infer", body)
    #expect(answer.status == 400)
    #expect(answer.body.contains("amount") && answer.body.contains("many"), "\(answer)")
  }
}
