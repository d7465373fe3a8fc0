// Requests that nobody means well.
import Foundation
import TestSupport
import Testing

@testable import Serving

@Suite(.onOwnThread) struct HostileInputTests {
  private static let head =
    "POST /invocations HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"

  @Test(arguments: [
    "{", "[1,", #"{"a":1,"a":2}"#, "nul", "[1]x", "\u{FEFF}{}", "[01]", "[1.]", "[-]", "[+1]",
    #"["\q"]"#, #"["\ud800"]"#, "[\"\u{1}\"]", "[Infinity]", "{'a':1}", "",
    String(repeating: "[", count: 100_000),
  ])
  func `what is no JSON is refused`(body: String) throws {
    let answer = try SampleServer().ask("POST", "/invocations", body)
    #expect(answer.status == 400, "\(answer)")
    #expect(try answer.json()["expected"] is String)
  }

  @Test(arguments: [
    "/", "/v2/../ping", "/%2e%2e/etc/passwd", "/ping/../ping", "//v2/models", "/v3",
  ])
  func `unknown paths are not found`(path: String) throws {
    let answer = try SampleServer().ask("GET", path)
    #expect(answer.status == 404, "\(answer)")
    #expect(try answer.json()["error"] is String)
  }

  @Test func `a path with a broken escape is refused`() throws {
    #expect(try SampleServer().ask("GET", "/%zz").status == 400)
    #expect(try SampleServer().ask("GET", "/%ff").status == 400)
  }

  @Test func `another method is refused with those that are allowed`() throws {
    let answer = try SampleServer().ask("DELETE", "/invocations")
    #expect(answer.status == 405 && answer.head.lowercased().contains("allow: post"), "\(answer)")
  }

  @Test func `a body beyond the limit is refused, however it is announced`() throws {
    let server = try SampleServer { $0.mostBodyBytes = 1_000 }
    let announced = try Answer(server.raw("\(Self.head)Content-Length: 5000000000\r\n\r\n"))
    #expect(announced.status == 413, "\(announced)")
    let chunk = String(repeating: "x", count: 600)
    let chunked = try Answer(
      server.raw(
        "\(Self.head)Transfer-Encoding: chunked\r\n\r\n258\r\n\(chunk)\r\n258\r\n\(chunk)\r\n"))
    #expect(chunked.status == 413, "\(chunked)")
  }

  @Test func `more rows than the limit are refused`() throws {
    let server = try SampleServer { $0.mostRows = 2 }
    let answer = try server.ask(
      "POST", "/invocations", #"{"instances":[[1,"a",null],[1,"a",null],[1,"a",null]]}"#)
    #expect(answer.status == 413 && answer.body.contains("at most 2"), "\(answer)")
  }

  @Test func `a head beyond the limit is refused`() throws {
    let long = String(repeating: "x", count: 100_000)
    let text = try SampleServer().raw("GET /ping HTTP/1.1\r\nHost: t\r\nX: \(long)\r\n\r\n")
    // A client that is still sending may find the connection reset before it reads the answer.
    #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 431"), "\(text)")
  }

  @Test(arguments: [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "Content-Length: -1\r\n\r\n",
    "Content-Length: 0x10\r\n\r\n", "Host: other\r\nContent-Length: 0\r\n\r\n",
    "Bad Header: 1\r\nContent-Length: 0\r\n\r\n",
  ])
  func `heads that two servers could read differently are refused`(rest: String) throws {
    let text = try SampleServer().raw(
      "\(Self.head)Connection: close\r\n\(rest)GET /ping HTTP/1.1\r\nHost: t\r\n\r\n")
    let answer = try Answer(text)
    #expect((400...501).contains(answer.status), "\(answer)")
    #expect(!text.contains("200 OK"), "nothing behind it is taken for a request: \(text)")
  }

  @Test(arguments: ["\0\0\0\0", "GET\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", "GET / HTTP/9.9\r\n\r\n"])
  func `what is no HTTP is answered and ended`(bytes: String) throws {
    let text = try SampleServer().raw("\(bytes)\r\n\r\n")
    #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(text)")
  }

  @Test func `requests in one packet are answered in their order`() throws {
    let server = try SampleServer()
    let one = "GET /v2/health/live HTTP/1.1\r\nHost: t\r\n\r\n"
    let last = "GET /v2/health/ready HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
    let text = try server.raw(one + one + last)
    let found = text.components(separatedBy: "{").dropFirst().map { $0.contains("ready") }
    #expect(found == [false, false, true], "\(text)")
  }

  @Test func `a client that is slow with its body is told so and ended`() throws {
    let server = try SampleServer { $0.readSeconds = 1 }
    let answer = try Answer(server.raw("\(Self.head)Content-Length: 100\r\n\r\n{"))
    #expect(answer.status == 408, "\(answer)")
    #expect(try server.raw("GET /pi").isEmpty, "a head that does not end is not answered")
  }

  @Test func `chunks that never end are ended`() throws {
    let server = try SampleServer { $0.readSeconds = 1 }
    let answer = try Answer(
      server.raw("\(Self.head)Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n"))
    #expect(answer.status == 408, "\(answer)")
  }

  @Test func `connections beyond the limit are refused, and others are answered`() throws {
    let server = try SampleServer { $0.mostConnections = 2 }
    let held = try [RawConnection(port: server.port), RawConnection(port: server.port)]
    for connection in held {
      try connection.send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n")
      #expect(String(decoding: try connection.some(), as: UTF8.self).contains("200 OK"))
    }
    #expect(try Answer(server.raw("")).status == 503)
    try held[0].send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n")
    #expect(String(decoding: try held[0].some(), as: UTF8.self).contains("200 OK"))
  }

  @Test func `without the token nothing but health is told`() throws {
    let server = try SampleServer { $0.token = Array("0123456789abcdef".utf8) }
    #expect(try server.ask("GET", "/ping").status == 200)
    for path in ["/v2", "/metrics", "/nothing", "/openapi.json"] {
      #expect(try server.ask("GET", path).status == 401)
      let wrong = ["Authorization: Bearer 0123456789abcdeF"]
      #expect(try server.ask("GET", path, headers: wrong).status == 401)
    }
    let right = ["Authorization: Bearer 0123456789abcdef"]
    #expect(try server.ask("GET", "/v2", headers: right).status == 200)
  }
}
