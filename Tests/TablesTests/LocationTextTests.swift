// What locations look like in messages and in run.toml.
import FoundationEssentials
import TestSupport
import Testing

@testable import Tables

@Suite(.onOwnThread) struct LocationTextTests {
  @Test(arguments: [
    ("s3://KEY:SECRET@bucket/a.csv", "s3://bucket/a.csv"),
    ("s3://K:S/E@X@bucket/a.csv?region=x", "s3://bucket/a.csv?region=x"),
    ("s3://K@Y:S@bucket", "s3://bucket"), ("s3://KEY@bucket/a", "s3://bucket/a"),
    ("s3://bucket/a@b.csv", "s3://bucket/a@b.csv"),
    ("s3://bucket?x=a:b@c", "s3://bucket?x=a:b@c"),
    ("s3://bucket/a?region=x&secret_key=s&Password=t", "s3://bucket/a?region=x"),
    ("s3://bucket/a?access_token=s", "s3://bucket/a"), ("me@home.csv", "me@home.csv"), ("", ""),
  ])
  func `credentials are not shown`(location: String, shown: String) {
    #expect(LocationText.shown(location) == shown)
  }

  @Test func `local paths are recorded from the root`() {
    let current = FileManager.default.currentDirectoryPath
    #expect(LocationText.recorded("/a/b.csv") == "/a/b.csv")
    #expect(LocationText.recorded("b.csv").hasPrefix(current))
    #expect(LocationText.recorded("./x/./b.csv").hasSuffix("/x/b.csv"))
    #expect(LocationText.recorded("s3://K:S@bucket/b.csv") == "s3://bucket/b.csv")
    #expect(LocationText.recorded("s3://bucket/10:30@x.csv") == "s3://bucket/10:30@x.csv")
    #expect(
      LocationText.recorded("s3://bucket/b.csv?secret_key=S&scheme=http")
        == "s3://bucket/b.csv?scheme=http")
  }

  @Test(arguments: [
    "s3://KEY:SE/CRET@bucket/a.csv", "s3://KEY:SE CRET@bucket/a.csv", "S3://K:SECRET@b",
  ])
  func `no error repeats a secret`(location: String) {
    do {
      _ = try Table.read(from: location)
      Issue.record("there is no such table")
    } catch {
      #expect(!"\(error)".contains("CRET"), "\(error)")
      #expect(!String(reflecting: error).contains("CRET"))
    }
  }
}
