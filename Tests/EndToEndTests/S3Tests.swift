// Tables in buckets, against the server that tools/with-s3 starts.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct S3Tests {
  private static let endpoint = ProcessInfo.processInfo.environment["MLCORE_TEST_S3_ENDPOINT"]

  @Test(.enabled(if: endpoint != nil, "needs an S3 server; tools/test starts one"))
  func `a model is trained on a bucket's table and writes predictions into it`() throws {
    let workshop = try Workshop()
    let host = try #require(Self.endpoint).replacing("http://", with: "")
    let query = "?endpoint_override=\(host)&scheme=http&region=us-east-1"
    let local = try workshop.train(workshop.customers())
    let bucket = "s3://mlcore-test/cli"
    let stored = try Program.run([
      "predict", "--model", local, "--data", workshop.path("customers.csv"), "--out",
      "\(bucket)/scores.parquet\(query)",
    ])
    try #require(stored.code == 0, "\(stored.errors)")
    let secret = "s3://test:test@mlcore-test/cli/scores.parquet\(query)"
    let trained = try Program.run([
      "train", "churn", "--data", secret, "--target", "churn_label", "--id", "id", "--num-trees",
      "3", "--out", workshop.path("remote"),
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    for (name, bytes) in try workshop.files(of: "remote") {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("test:test"), "\(name)")
    }
    let missing = try Program.run([
      "evaluate", "--model", local, "--data", "\(bucket)/nothing.csv\(query)",
    ])
    #expect(missing.code == 4 && missing.errorLines.count == 2, "\(missing.errors)")
  }

  @Test func `a server that does not answer is a remote failure, without a stack trace`() throws {
    // Port 1 of the loopback is nobody's.
    let workshop = try Workshop()
    let refused = try Program.run([
      "train", "churn", "--target", "churn", "--out", workshop.path("m"), "--data",
      "s3://k:s@bucket/a.csv?endpoint_override=127.0.0.1:1&scheme=http&region=us-east-1",
    ])
    #expect(refused.code == 8 && refused.errorLines.count == 2, "\(refused.errors)")
    #expect(!refused.errors.contains("k:s@"))
    #expect(try workshop.contents() == [])
  }
}
