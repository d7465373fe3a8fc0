// POST /invocations in each of its forms.
import Foundation
import TestSupport
import Testing

@testable import Serving

@Suite(.onOwnThread) struct InvocationTests {
  @Test(arguments: [
    #"{"dataframe_split":{"columns":["amount","plan","since"],"index":[0],"data":[[2,"a",null]]}}"#,
    #"{"dataframe_records":[{"amount":2,"plan":"a","since":null}]}"#,
    #"{"instances":[{"amount":2,"plan":"a","since":null}]}"#,
    #"{"instances":[[2,"a",null]]}"#,
    #"{"inputs":{"amount":[2],"plan":["a"],"since":[null]}}"#,
    #"{"inputs":{"amount":[[2]],"plan":[["a"]],"since":[[null]]}}"#,
    #"{"inputs":[[2,"a",null]],"params":{}}"#,
  ])
  func `each form of JSON answers the same`(body: String) throws {
    let answer = try SampleServer().ask("POST", "/invocations", body)
    #expect(
      answer.body
        == #"{"predictions":[{"twice":4,"plan_found":"a","seconds":null,"model_version":"aaaaaaaaaaaa"}]}"#,
      "\(answer)")
  }

  @Test func `a table of CSV is read as a file is, and may be answered as one`() throws {
    let body = "id,since,plan,amount\n007,1970-01-01T00:01:00Z,a,2\n"
    let server = try SampleServer()
    let answer = try server.ask(
      "POST", "/invocations", body, headers: ["Content-Type: text/csv", "Accept: text/csv"])
    #expect(
      answer.body == "id,twice,plan_found,seconds,model_version\n007,4,a,60,aaaaaaaaaaaa\n",
      "\(answer)")
    let json = try server.ask("POST", "/invocations", body, headers: ["Content-Type: text/csv"])
    #expect(json.body.contains(#""id":"007","twice":4"#), "\(json)")
  }

  @Test(arguments: [
    ("id,plan,amount\n1,a,2\n", "'since'"), ("id,since,plan,amount\n1,,a,x\n", "'x'"),
    ("id,since,plan,amount\n1,2\n", "line 2"), ("", "the body"),
  ])
  func `a wrong table is refused, and named as the body`(body: String, words: String) throws {
    let answer = try SampleServer().ask(
      "POST", "/invocations", body, headers: ["Content-Type: text/csv"])
    #expect(answer.status == 400, "\(answer)")
    #expect(answer.body.contains(words) && !answer.body.contains("/proc"), "\(answer)")
  }

  @Test(arguments: [
    #"{}"#, #"[]"#, #"{"instances":[],"inputs":[]}"#, #"{"instances":[[1,2]]}"#,
    #"{"instances":[[1,"a",{}]]}"#, #"{"instances":7}"#, #"{"dataframe":[]}"#,
    #"{"dataframe_split":{"columns":["amount","amount"],"data":[]}}"#,
    #"{"inputs":{"amount":[1],"plan":["a","b"],"since":[null]}}"#, #"{"instances":[]}"#,
    #"{"instances":[{"amount":1,"plan":"a","since":null}],"params":{"explain":0}}"#,
  ])
  func `a wrong document is refused`(body: String) throws {
    let answer = try SampleServer().ask("POST", "/invocations", body)
    #expect(answer.status == 400, "\(answer)")
    #expect(try answer.json()["error"] is String)
  }

  @Test(arguments: [
    (#"{"instances":[{"amount":1,"plan":"a","since":null},{"amount":1,"plan":"a"}]}"#, "'since'"),
    (
      #"{"instances":[{"amount":1,"plan":"a","since":null},{"amount":1,"plan":"a","sinc":1}]}"#,
      "'sinc'"
    ), (#"{"instances":[{"amount":1,"plan":"a"}]}"#, "'since'"),
    (#"{"instances":[[1,"a",null]],"params":{"explian":1}}"#, "'explian'"),
    (#"{"instances":[[1,"a",null]],"params":[1]}"#, "an object"),
  ])
  func `what a row lacks or nobody knows is named`(body: String, words: String) throws {
    let answer = try SampleServer().ask("POST", "/invocations", body)
    #expect(answer.status == 400 && answer.body.contains(words), "\(answer)")
  }

  @Test func `a new column in each row costs nothing`() throws {
    let rows = (0..<50_000).map { #"{"c\#($0)":1}"# }.joined(separator: ",")
    let answer = try SampleServer().ask("POST", "/invocations", #"{"instances":[\#(rows)]}"#)
    #expect(answer.status == 400 && answer.body.contains("'c1'"), "\(answer)")
  }

  @Test func `an unknown type of body is refused with those that are known`() throws {
    let answer = try SampleServer().ask(
      "POST", "/invocations", "x", headers: ["Content-Type: text/plain"])
    #expect(answer.status == 415 && answer.body.contains("application/json"), "\(answer)")
  }
}
