// Queues: their URLs, the credentials for them, and requests whose signatures Amazon's own Python
// library checks.
import Foundation
import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread) struct SQSQueueTests {
  private func location(
    _ url: String, _ variables: [String: String] = [:]
  ) throws -> QueueLocation {
    try QueueLocation(url) { variables[$0] }
  }

  @Test func `a URL tells the region and where to ask`() throws {
    for (url, variables, endpoint, region) in [
      (
        "https://sqs.eu-west-1.amazonaws.com/1/q", ["AWS_REGION": "us-west-2"],
        "https://sqs.eu-west-1.amazonaws.com", "eu-west-1"
      ),
      (
        "https://sqs.cn-north-1.amazonaws.com.cn/1/q", [:],
        "https://sqs.cn-north-1.amazonaws.com.cn", "cn-north-1"
      ),
      (
        "https://vpce-1.sqs.eu-west-3.vpce.amazonaws.com/1/q", [:],
        "https://vpce-1.sqs.eu-west-3.vpce.amazonaws.com", "eu-west-3"
      ),
      (
        "https://us-east-2.queue.amazonaws.com/1/q", [:], "https://us-east-2.queue.amazonaws.com",
        "us-east-2"
      ),
      (
        "https://sqs.eu-west-1.amazonaws.com/1/q",
        ["AWS_ENDPOINT_URL": "http://127.0.0.1:5000/"], "http://127.0.0.1:5000", "eu-west-1"
      ),
      (
        "http://localhost:9324/000/q",
        [
          "AWS_ENDPOINT_URL": "http://s3:1", "AWS_ENDPOINT_URL_SQS": "http://sqs:2",
          "AWS_DEFAULT_REGION": "sa-east-1",
        ], "http://sqs:2", "sa-east-1"
      ),
      ("http://localhost:9324/000/q", ["AWS_REGION": ""], "http://localhost:9324", "us-east-1"),
    ] as [(String, [String: String], String, String)] {
      let location = try location(url, variables)
      #expect(location.endpoint == endpoint && location.region == region, "\(url)")
      #expect(location.url == url)
    }
  }

  @Test func `a URL that is none, or has a secret in it, is refused and not repeated`() {
    for url in ["", "q", "sqs://a/q", "https://", "https://host", "https://host/", "https://h/a b"]
    {
      #expect(throws: ConnectorError.self, "\(url)") { try location(url) }
    }
    for url in ["https://key:secret@host/1/q", "s3://key:secret@host/q"] {
      do {
        _ = try location(url)
        Issue.record("taken: \(url)")
      } catch let error as ConnectorError {
        #expect(error.kind == .usage && !error.description.contains("secret"))
      } catch {
        Issue.record(error)
      }
    }
    #expect(throws: ConnectorError.self) {
      try location("https://sqs.eu-west-1.amazonaws.com/1/q", ["AWS_ENDPOINT_URL": "file:///etc"])
    }
  }

  @Test func `credentials are those of the environment, and then those of a profile`() throws {
    let folder = try TemporaryFolder()
    let text = """
      # keys
      [default]
      aws_access_key_id = one
      aws_secret_access_key=two=
      [ other ]
      aws_access_key_id=three
      aws_secret_access_key= four
      aws_session_token = five
      [half]
      aws_access_key_id=six

      """
    try folder.write(Array(text.utf8), to: "credentials")
    let own = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
    let files = ["AWS_SHARED_CREDENTIALS_FILE": folder.appending("credentials")]
    for (variables, expected) in [
      (own, AWSCredentials(keyID: "a", secret: "b", sessionToken: nil)),
      (
        own.merging(["AWS_SESSION_TOKEN": "c"]) { $1 },
        AWSCredentials(keyID: "a", secret: "b", sessionToken: "c")
      ),
      (own.merging(files) { $1 }, AWSCredentials(keyID: "a", secret: "b", sessionToken: nil)),
      (files, AWSCredentials(keyID: "one", secret: "two=", sessionToken: nil)),
      (
        files.merging(["AWS_PROFILE": "other"]) { $1 },
        AWSCredentials(keyID: "three", secret: "four", sessionToken: "five")
      ),
      (files.merging(["AWS_PROFILE": "half"]) { $1 }, nil),
      (files.merging(["AWS_PROFILE": "nobody"]) { $1 }, nil), ([:], nil),
    ] as [([String: String], AWSCredentials?)] {
      #expect(AWSCredentials.current { variables[$0] } == expected, "\(variables.keys)")
    }
  }

  @Test func `a queue that nobody answers for fails with the reason`() throws {
    let queue = SQSQueue(try location("http://127.0.0.1:1/1/q")) {
      AWSCredentials(keyID: "key", secret: "secret", sessionToken: "token")
    }
    #expect(throws: ConnectorError.self) { try queue.receive(wait: 0) }
    let nobody = SQSQueue(try location("http://127.0.0.1:1/1/q")) { nil }
    #expect(throws: ConnectorError.noCredentials(queue: "http://127.0.0.1:1/1/q")) {
      try nobody.receive(wait: 0)
    }
    queue.stop()
    #expect(throws: ConnectorError.stopped) { try queue.receive(wait: 0) }
  }

  @Test func `a refusal repeats no secret, and not the whole request`() {
    let credentials = AWSCredentials(
      keyID: "AKIAEXAMPLE", secret: "s3cr3t+key", sessionToken: "long+token/of=hours")
    func reason(_ message: String) -> String {
      let body = #"{"__type": "com.amazonaws.sqs#SignatureDoesNotMatch", "message": "\#(message)"}"#
      return SQSQueue.reason(.init(status: 403, body: Array(body.utf8)), hiding: credentials)
    }
    #expect(
      reason(#"Check your key.\n\nThe canonical request was\nx-amz-security-token:long"#)
        == "SignatureDoesNotMatch: Check your key.")
    #expect(
      reason("AKIAEXAMPLE with s3cr3t+key and long+token/of=hours is no good")
        == "SignatureDoesNotMatch: ... with ... and ... is no good")
    let long = reason(String(repeating: "a", count: 159) + "long+token/of=hours" + "bcd")
    #expect(long.count <= 200 && !long.contains("long"))
    let longer = reason(String(repeating: "a", count: 170) + "long+token/of=hours" + "bcdefghijkl")
    #expect(longer.count == 200 && longer.hasSuffix("...") && !longer.contains("long"))
  }

  /// A server that checks signatures, and answers as a queue with two messages would.
  private static let server = #"""
    import http.server, json, sys, threading, time
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    import datetime, botocore.auth

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *_): pass
        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            given = self.headers["Authorization"]
            signed = given.split("SignedHeaders=")[1].split(",")[0].split(";")
            token = self.headers.get("X-Amz-Security-Token")
            problem = None
            if token and "x-amz-security-token" not in signed: problem = "the token is not signed"
            names = {"content-type", "x-amz-target"} & set(signed)
            request = AWSRequest("POST", f"http://{self.headers['Host']}{self.path}", data=body,
                headers={name: self.headers[name] for name in signed if name != "x-amz-date"})
            auth = SigV4Auth(Credentials("key", "secret", token), "sqs", "eu-north-1")
            request.context["timestamp"] = self.headers["X-Amz-Date"]
            if "X-Amz-Date" in request.headers: del request.headers["X-Amz-Date"]
            request.headers["X-Amz-Date"] = self.headers["X-Amz-Date"]
            wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
            if wanted not in given: problem = "SignatureDoesNotMatch"
            if problem: return self.answer(403, {"__type": "com.amazonaws.sqs#" + problem, "message": "no"})
            value = json.loads(body)
            action = self.headers["X-Amz-Target"]
            if action == "AmazonSQS.ReceiveMessage":
                if value["WaitTimeSeconds"] == 20: time.sleep(20)
                if value["WaitTimeSeconds"] == 7:
                    return self.answer(400, {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "gone\nsurely"})
                return self.answer(200, {"Messages": [
                    {"MessageId": str(i), "ReceiptHandle": f"r{i}", "Body": "é" * i, "MD5OfBody": ""}
                    for i in range(value["MaxNumberOfMessages"])]} if value["WaitTimeSeconds"] else {})
            assert action == "AmazonSQS.DeleteMessageBatch" and len(value["Entries"]) <= 10
            failed = [{"Id": e["Id"], "Code": "InternalError", "SenderFault": False}
                      for e in value["Entries"] if e["ReceiptHandle"] == "bad"]
            self.answer(200, {"Successful": [], "Failed": failed})

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever()
    """#

  /// Runs the server while `body` runs.
  private func withServer(_ body: (_ url: String) throws -> Void) throws {
    let process = Process()
    process.executableURL = URL(filePath: ScikitLearn.interpreter ?? "python3")
    process.arguments = ["-c", Self.server]
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LD_LIBRARY_PATH" }
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.terminate()
      process.waitUntilExit()
    }
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)), "\(line)")
    try body("http://127.0.0.1:\(port)/1/queue")
  }

  @Test(.enabled(if: Python.has("botocore"), "needs botocore; tools/test installs it"))
  func `requests are signed as Amazon signs them`() throws {
    try withServer { url in
      for token in [nil, "a+token/with=signs"] {
        let queue = SQSQueue(try location(url, ["AWS_REGION": "eu-north-1"])) {
          AWSCredentials(keyID: "key", secret: "secret", sessionToken: token)
        }
        let messages = try queue.receive(wait: 1)
        #expect(messages.map(\.receipt) == (0..<10).map { "r\($0)" })
        #expect(messages[3].body == "ééé" && messages[3].id == "3")
        #expect(try queue.receive(wait: 0) == [])
        // More than one batch, and one that the server could not delete.
        try queue.delete(receipts: (0..<25).map { "r\($0)" })
        #expect(throws: ConnectorError.self) { try queue.delete(receipts: ["r1", "bad"]) }
        let refusal = ConnectorError.queueFailed(
          queue: url, reason: "QueueDoesNotExist: gone")
        #expect(throws: refusal) { try queue.receive(wait: 7) }
      }
      let wrong = SQSQueue(try location(url, ["AWS_REGION": "eu-north-1"])) {
        AWSCredentials(keyID: "key", secret: "other", sessionToken: nil)
      }
      do {
        _ = try wrong.receive(wait: 1)
        Issue.record("a wrong signature was taken")
      } catch let error as ConnectorError {
        #expect(error.description.contains("SignatureDoesNotMatch") && error.kind == .remote)
      }
    }
  }

  @Test(.enabled(if: Python.has("botocore"), "needs botocore; tools/test installs it"))
  func `a wait for messages ends when it is stopped`() throws {
    try withServer { url in
      let queue = SQSQueue(try location(url, ["AWS_REGION": "eu-north-1"])) {
        AWSCredentials(keyID: "key", secret: "secret", sessionToken: nil)
      }
      let timer = Background {
        Thread.sleep(forTimeInterval: 0.3)
        queue.stop()
      }
      // The server would answer after 20 seconds, with messages.
      #expect(throws: ConnectorError.stopped) { try queue.receive(wait: 20) }
      try timer.value()
    }
  }
}
