// The loop over a bucket and a queue, against the server that tools/with-s3 starts: objects in,
// predictions out.
import Foundation
import TestSupport
import Testing

/// A bucket of one test, and the queue that its events go to, by way of Amazon's own library.
private struct Bucket {
  let name = "loop-\(UUID().uuidString.lowercased())"
  /// The URL of the queue.
  let queue: String

  static let endpoint = ProcessInfo.processInfo.environment["MLCORE_TEST_S3_ENDPOINT"]
  private static let python = ProcessInfo.processInfo.environment["MLCORE_TEST_PYTHON"]
  static let isPossible = endpoint != nil && (try? run(["nothing"])) != nil

  private static let program = """
    import json, os, sys
    import boto3
    s3, sqs = (boto3.client(name, endpoint_url=os.environ["MLCORE_TEST_S3_ENDPOINT"],
        region_name="us-east-1") for name in ("s3", "sqs"))
    action, *arguments = sys.argv[1:]
    if action == "make":
        bucket, = arguments
        s3.create_bucket(Bucket=bucket)
        url = sqs.create_queue(QueueName=bucket)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
        print(json.dumps(url))
    elif action == "put":
        bucket, key, path = arguments
        s3.upload_file(path, bucket, key)
    elif action == "list":
        bucket, prefix = arguments
        found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        print(json.dumps({o["Key"]: str(o["LastModified"]) for o in found}))
    elif action == "get":
        bucket, key = arguments
        print(json.dumps(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()))
    elif action == "count":
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=arguments[0], AttributeNames=names)["Attributes"]
        print(json.dumps(sum(int(found[name]) for name in names)))
    elif action == "send":
        sqs.send_message(QueueUrl=arguments[0], MessageBody=arguments[1])
    """

  init() throws {
    queue = try JSONDecoder().decode(String.self, from: Self.run(["make", name]))
  }

  func put(_ key: String, _ path: String) throws { _ = try Self.run(["put", name, key, path]) }

  /// Keys below a prefix and when they were written.
  func list(_ prefix: String) throws -> [String: String] {
    try JSONDecoder().decode([String: String].self, from: Self.run(["list", name, prefix]))
  }

  func text(_ key: String) throws -> String {
    try JSONDecoder().decode(String.self, from: Self.run(["get", name, key]))
  }

  /// How many messages are in the queue, seen or not.
  func messages() throws -> Int {
    try JSONDecoder().decode(Int.self, from: Self.run(["count", queue]))
  }

  func send(_ body: String) throws { _ = try Self.run(["send", queue, body]) }

  private static func run(_ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: python ?? "python3")
    process.arguments = ["-c", program] + arguments
    // What this Python is linked to has nothing to do with the libraries beside our binary.
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LD_LIBRARY_PATH" }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return data
  }
}

@Suite(.onOwnThread) struct BucketLoopTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func makeHome(_ settings: [String]) throws -> String {
    let home = workshop.path("home")
    let all = ["data.target=churn", "data.id=id", "train.gather=0"] + settings
    let made = try Program.run(
      ["watch", "--init", "--home", home] + all.flatMap { ["--set", $0] })
    try #require(made.code == 0, "\(made.errors)")
    return home
  }

  /// A table of customers; without labels where they are to be predicted.
  private func table(_ name: String, rows: Range<Int>, labelled: Bool = true) throws -> String {
    let all = try workshop.customers("all.csv", rows: rows.upperBound)
    let lines = try String(contentsOfFile: all, encoding: .utf8).split(separator: "\n")
    let chosen = [lines[0]] + lines[1...][(rows.lowerBound + 1)...]
    let text = chosen.map { line in
      labelled ? String(line) : String(line[..<(line.lastIndex(of: ",") ?? line.endIndex)])
    }
    return try workshop.file(name, text.joined(separator: "\n") + "\n")
  }

  private func status(_ home: String) throws -> [String: Any] {
    try Program.run(["status", "--home", home, "--json"]).json()
  }

  private func champion(_ home: String) throws -> String? {
    let aliases = try status(home)["aliases"] as? [String: Any]
    return (aliases?["champion"] as? [String: Any])?["version"] as? String
  }

  @Test(.enabled(if: Bucket.isPossible, "needs an S3 server and boto3; tools/test starts one"))
  func `an upload is told by the queue, learnt from, and predicted back into the bucket`() throws {
    let bucket = try Bucket()
    // Without the queue nothing would be found within the hour.
    let home = try makeHome([
      "watch.folders=s3://\(bucket.name)/in", "watch.queue=\(bucket.queue)",
      "watch.list_every=3600", "predict.folder=s3://\(bucket.name)/out",
    ])
    try bucket.send("this is no event")
    var loop = try Program.start(["watch", "--home", home])
    try loop.wait(for: "the first listing") {
      let places = try status(home)["remote"] as? [[String: Any]]
      return places?.contains { $0["kind"] as? String == "folder" && $0["reached"] != nil } == true
    }
    try bucket.put("in/customers + more, é.csv", table("a.csv", rows: 0..<1_500))
    try bucket.put("in/2026/05/u.csv", table("u.csv", rows: 0..<300, labelled: false))
    try bucket.put("elsewhere/b.csv", workshop.path("a.csv"))
    try loop.wait(for: "a prediction") { try !bucket.list("out/").isEmpty }
    let first = try #require(try champion(home))
    let key = try #require(try bucket.list("out/").keys.first)
    #expect(key.hasPrefix("out/2026/05/u.") && key.hasSuffix(".\(first).csv"))
    let local = "\(home)/predictions/\(key.dropFirst(4))"
    #expect(try bucket.text(key) == String(contentsOfFile: local, encoding: .utf8))
    #expect(try bucket.text(key).split(separator: "\n").count == 301)
    // The test event and all others are gone; what is no event is left to the queue's owner.
    try loop.wait(for: "an empty queue") { try bucket.messages() == 1 }

    loop.end(SIGKILL)
    let before = try bucket.list("")
    try bucket.put("in/c.csv", table("c.csv", rows: 1_500..<3_000))
    try bucket.put("in/v.csv", table("v.csv", rows: 300..<400, labelled: false))
    loop = try Program.start(["watch", "--home", home])
    try loop.wait(for: "predictions of all files by the champion") {
      let now = try status(home)
      guard (now["runs"] as? [[String: Any]])?.count == 2, now["untrained"] as? Int == 0,
        now["unpredicted"] as? Int == 0, let version = try champion(home)
      else { return false }
      return try bucket.list("out/").keys.count { $0.contains(".\(version).") } == 2
    }
    try loop.wait(for: "an empty queue") { try bucket.messages() == 1 }
    let files = try #require(try status(home)["files"] as? [String: Int])
    #expect(files == ["ingested": 4, "duplicate": 0, "quarantined": 0])
    // What was there is as it was: nothing is removed, and nothing is published twice.
    let after = try bucket.list("")
    for (key, time) in before { #expect(after[key] == time, "\(key)") }
    let ended = loop.end()
    #expect(ended.code == 143, "\(ended)")
    #expect(try Program.run(["audit", "verify", "--home", home]).code == 0)
  }

  @Test(.enabled(if: Bucket.isPossible, "needs an S3 server and boto3; tools/test starts one"))
  func `without a queue, a listing finds everything, and a second run changes nothing`() throws {
    let bucket = try Bucket()
    let home = try makeHome([
      "watch.folders=s3://\(bucket.name)/in/", "predict.folder=s3://\(bucket.name)/out",
      "predict.format=parquet",
    ])
    let empty = try Program.run(["watch", "--home", home, "--once"])
    #expect(empty.code == 0, "\(empty.errors)")
    try bucket.put("in/a.csv", table("a.csv", rows: 0..<1_500))
    try bucket.put("in/u.csv", table("u.csv", rows: 0..<300, labelled: false))
    let first = try Program.run(["watch", "--home", home, "--once"])
    #expect(first.code == 0, "\(first.errors)")
    let objects = try bucket.list("")
    #expect(objects.keys.count { $0.hasPrefix("out/u.") && $0.hasSuffix(".parquet") } == 1)
    let second = try Program.run(["watch", "--home", home, "--once"])
    #expect(second.code == 0, "\(second.errors)")
    #expect(try bucket.list("") == objects)
    #expect(!second.errors.contains("ingested") && !second.errors.contains("published"))

    // The same home when nobody answers: what is local is done, and the rest is told.
    try FileManager.default.copyItem(
      atPath: table("l.csv", rows: 300..<400, labelled: false), toPath: "\(home)/inbox/l.csv")
    let away = ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"]
    let alone = try Program.run(["watch", "--home", home, "--once"], environment: away)
    #expect(alone.code == 8, "\(alone.errors)")
    #expect(alone.errors.contains("predicted l.csv: 100 rows"), "\(alone.errors)")
    let back = try Program.run(["watch", "--home", home, "--once"])
    #expect(back.code == 0 && back.errors.contains("published s3://"), "\(back.errors)")
    let missing = try Program.run(
      ["watch", "--home", home, "--once"],
      environment: [
        "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_ACCESS_KEY_ID": "also-hidden",
      ])
    #expect(!missing.errors.contains("hidden"), "\(missing.errors)")
  }

  @Test(.enabled(if: Bucket.isPossible, "needs an S3 server and boto3; tools/test starts one"))
  func `a bucket that is not there is told`() throws {
    let home = try makeHome([
      "watch.folders=s3://no-such-bucket-\(UUID().uuidString.lowercased())/in"
    ])
    let result = try Program.run(["watch", "--home", home, "--once"])
    #expect(result.code == 8 && result.errors.contains("no bucket"), "\(result.errors)")
  }

  @Test func `places that cannot be are refused before anything starts`() throws {
    for (settings, words) in [
      (["watch.folders=lake/in"], "expected a path from the root"),
      (["watch.folders=s3://"], "expected a path from the root"),
      (["watch.folders=s3://key:hush@lake/in"], "without a key or a secret"),
      (["predict.folder=s3://key:hush@lake/out"], "without a key or a secret"),
      (["watch.folders=s3://lake/in?secret_key=hush"], "without a key or a secret"),
      (["watch.folders=s3://lake/in", "predict.folder=s3://lake/in/out"], "neither watched"),
      (["watch.folders=s3://lake", "predict.folder=s3://lake/out"], "neither watched"),
      (["predict.folder=\(workshop.path("home"))/inbox"], "neither watched"),
      (["watch.folders=/data", "predict.folder=/data/out"], "neither watched"),
      (["watch.folders=s3://lake/in", "predict.folder=s3://lake"], "none is watched"),
      (["watch.folders=/data/in", "predict.folder=/data/"], "none is watched"),
      (["watch.queue=https://sqs.eu-west-1.amazonaws.com/1/q"], "no folder of a bucket"),
      (["watch.folders=s3://lake/in", "watch.queue=queue"], "not a queue"),
      (["watch.folders=s3://lake/in", "watch.queue=https://k:hush@sqs/1/q"], "a user in this URL"),
    ] {
      let all = ["data.target=churn"] + settings
      let result = try Program.run(
        ["watch", "--init", "--home", workshop.path("home")] + all.flatMap { ["--set", $0] })
      #expect(result.code == 2 && result.errorLines.count == 2, "\(settings): \(result.errors)")
      #expect(result.errors.contains(words), "\(settings): \(result.errors)")
      #expect(!result.errors.contains("hush"), "\(settings): \(result.errors)")
    }
    let toml = "\(workshop.path("home"))/pipeline.toml"
    try? FileManager.default.removeItem(atPath: workshop.path("home"))
    let twice = try makeHome(["watch.folders=s3://lake/in"])
    try String(contentsOfFile: toml, encoding: .utf8)
      .replacing(#"["s3://lake/in"]"#, with: #"["s3://lake/in", "s3://lake/in/"]"#)
      .write(toFile: toml, atomically: false, encoding: .utf8)
    let refused = try Program.run(["watch", "--home", twice, "--once"])
    #expect(refused.code == 2 && refused.errors.contains("each folder once"), "\(refused.errors)")
    // A name that only begins like that of a watched folder is another folder.
    try? FileManager.default.removeItem(atPath: workshop.path("home"))
    let home = try makeHome(["watch.folders=/data", "predict.folder=/data-out"])
    let result = try Program.run(["status", "--home", home])
    #expect(result.code == 0, "\(result.errors)")
  }
}
