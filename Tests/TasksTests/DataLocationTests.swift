// What locations look like in messages and in run.toml.
import FoundationEssentials
import Testing

@testable import Tasks

@Suite struct DataLocationTests {
  @Test(arguments: [
    ("s3://KEY:SECRET@bucket/a.csv", "s3://bucket/a.csv"),
    ("s3://K:S/E@X@bucket/a@b.csv?region=x", "s3://K:S/E@X@bucket/a@b.csv?region=x"),
    ("s3://K@Y:S@bucket", "s3://bucket"), ("s3://bucket/a@b.csv", "s3://bucket/a@b.csv"),
    ("s3://bucket?x=a@b", "s3://bucket?x=a@b"), ("me@home.csv", "me@home.csv"), ("", ""),
  ])
  func `credentials are not shown`(location: String, shown: String) {
    #expect(DataLocation.shown(location) == shown)
  }

  @Test func `local paths are recorded from the root`() {
    let current = FileManager.default.currentDirectoryPath
    #expect(DataLocation.recorded("/a/b.csv") == "/a/b.csv")
    #expect(DataLocation.recorded("b.csv").hasPrefix(current))
    #expect(DataLocation.recorded("./x/./b.csv").hasSuffix("/x/b.csv"))
    #expect(DataLocation.recorded("s3://K:S@bucket/b.csv") == "s3://bucket/b.csv")
  }
}
