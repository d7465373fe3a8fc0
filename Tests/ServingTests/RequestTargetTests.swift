// What the target and the headers of a request mean.
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Serving

@Suite(.onOwnThread) struct RequestTargetTests {
  private func request(_ target: String) throws -> Request {
    try Request(HTTPRequestHead(version: .http1_1, method: .GET, uri: target))
  }

  @Test func `a plus is a space in a query and a plus in a path`() throws {
    let found = try request("/a+b/c%2Bd?item=a+b%2Bc&k=")
    #expect(found.path == ["a+b", "c+d"])
    #expect(found.query.map(\.name) == ["item", "k"])
    #expect(found.query.map(\.value) == ["a b+c", ""])
  }

  @Test(arguments: [
    ("http://t/ping", ["ping"]), ("HTTPS://t:1/a/b/?x", ["a", "b"]), ("http://t", []), ("/", []),
    ("//ping", ["", "ping"]), ("/v2//health", ["v2", "", "health"]), ("ping", ["ping"]),
  ])
  func `the path of a target keeps its empty parts`(target: String, path: [String]) throws {
    #expect(try request(target).path == path)
  }

  @Test func `parameters that a route does not have are refused`() throws {
    let route = Route(
      method: .GET, pattern: "/similar", summary: "",
      query: [.text("item"), .length("k", most: 9)], result: [:]
    ) { _, _, _ in Response(json: "{}") }
    func check(_ query: String) throws -> String? {
      let request = try request("/similar?\(query)")
      do throws(RequestFailure) { try route.check(request.query) } catch { return error.facts }
      return nil
    }
    #expect(try check("item=a&k=1") == nil)
    #expect(try check("item=a&limit=1")?.contains("'limit'") == true)
    #expect(try check("item=a&item=b")?.contains("a second time") == true)
  }

  @Test func `a client that sends nothing more still gets its answer`() throws {
    let server = try SampleServer(SampleModel(isQuick: false))
    let connection = try RawConnection(port: server.port)
    let body = #"{"instances":[{"amount":2,"plan":"a","since":null}]}"#
    try connection.send(
      "POST /invocations HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    connection.endSending()
    let answer = try Answer(connection.rest())
    #expect(answer.status == 200 && answer.body.contains(#""twice":4"#), "\(answer)")
  }

  @Test func `an answer does not repeat the whole of a long request`() throws {
    let long = String(repeating: "x", count: 50_000)
    let answer = try SampleServer().ask("POST", "/invocations", #"{"\#(long)":1}"#)
    #expect(answer.status == 400 && answer.body.utf8.count < 3_000, "\(answer.body.utf8.count)")
  }

  @Test(arguments: [
    ("text/csv", true), ("application/json;q=0.1, text/csv", true), ("*/*, text/csv;q=0.5", false),
    ("text/csv-schema", false), ("text/csv;q=0", false),
    ("application/json, text/csv;q=0.9", false),
  ])
  func `the answer has the type that accept weighs most`(accept: String, isCSV: Bool) throws {
    let answer = try SampleServer().ask(
      "POST", "/invocations", #"{"instances":[[2,"a",null]]}"#, headers: ["Accept: \(accept)"])
    #expect(answer.body.hasPrefix("twice,") == isCSV, "\(answer)")
  }
}
