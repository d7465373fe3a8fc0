// Messages as S3, SNS, EventBridge and others send them.
import TestSupport
import Testing

@testable import Connectors

@Suite(.onOwnThread) struct ObjectEventTests {
  private func record(
    _ key: String, event: String = "ObjectCreated:Put", version: String = "2.1"
  ) -> String {
    """
    {"eventVersion":"\(version)","eventSource":"aws:s3","awsRegion":"eu-west-1",\
    "eventTime":"2026-05-07T11:12:13.000Z","eventName":"\(event)",\
    "userIdentity":{"principalId":"AWS:X"},"requestParameters":{"sourceIPAddress":"10.0.0.1"},\
    "responseElements":{"x-amz-request-id":"C3D13FE58DE4C810"},"s3":{"s3SchemaVersion":"1.0",\
    "configurationId":"c","bucket":{"name":"lake","ownerIdentity":{"principalId":"Y"},\
    "arn":"arn:aws:s3:::lake"},"object":{"key":"\(key)","size":1024,"eTag":"d41d8cd98f00b204",\
    "versionId":"096fKKXTRTtl3on89fVO.nfljtsv6qko","sequencer":"0055AED6DCD90281E5"}}}
    """
  }

  private func records(_ records: String...) -> String {
    #"{"Records":[\#(records.joined(separator: ","))]}"#
  }

  /// A text as the string of a member of JSON.
  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  @Test func `events of S3 name their objects`() {
    for (body, expected) in [
      (records(record("in/a.csv")), ObjectEvent.written(["lake/in/a.csv"])),
      (records(record("in/a.csv", event: "ObjectCreated:Copy")), .written(["lake/in/a.csv"])),
      (
        records(record("b.csv", event: "ObjectCreated:CompleteMultipartUpload")),
        .written(["lake/b.csv"])
      ),
      (records(record("a.csv", version: "2.9")), .written(["lake/a.csv"])),
      // Several at once, in any order, each as often as it is told.
      (
        records(record("b.csv"), record("a.csv"), record("b.csv")),
        .written(["lake/b.csv", "lake/a.csv", "lake/b.csv"])
      ),
      // MinIO.
      (
        #"{"EventName":"s3:ObjectCreated:Put","Key":"lake/a.csv","Records":["#
          + record("a.csv", event: "s3:ObjectCreated:Put", version: "2.0") + "]}",
        .written(["lake/a.csv"])
      ),
    ] { #expect(ObjectEvent(body) == expected, "\(body)") }
  }

  @Test func `keys are decoded as forms are`() {
    for (key, expected) in [
      ("in/new+customers.csv", "in/new customers.csv"), ("a%2Bb.csv", "a+b.csv"),
      ("caf%C3%A9/%E6%97%A5.csv", "café/日.csv"), ("100%25.csv", "100%.csv"),
      ("month%3D2026-05/a.csv", "month=2026-05/a.csv"), ("a%2fb.csv", "a/b.csv"),
    ] {
      #expect(ObjectEvent(records(record(key))) == .written(["lake/\(expected)"]), "\(key)")
    }
    for key in ["a%2.csv", "a%", "a%zz.csv", "%+1.csv", "a%ff.csv"] {
      guard case .unknown = ObjectEvent(records(record(key))) else {
        Issue.record("\(key) was understood")
        continue
      }
    }
  }

  @Test func `events about something else are no news`() {
    for body in [
      """
      {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z",\
      "Bucket":"lake","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3"}
      """,
      records(record("a.csv", event: "ObjectRemoved:Delete")),
      records(record("a.csv", event: "ObjectTagging:Put")), #"{"Records":[]}"#,
      """
      {"version":"0","detail-type":"Object Deleted","source":"aws.s3",\
      "detail":{"bucket":{"name":"lake"},"object":{"key":"a.csv"}}}
      """,
    ] { #expect(ObjectEvent(body) == .other, "\(body)") }
  }

  @Test func `events come through SNS and EventBridge too`() {
    let inner = records(record("new+a.csv"))
    #expect(
      ObjectEvent(
        """
        {"Type":"Notification","MessageId":"1","TopicArn":"arn:aws:sns:eu-west-1:1:t",\
        "Subject":"Amazon S3 Notification","Message":\(quoted(inner)),"Signature":"x"}
        """) == .written(["lake/new a.csv"]))
    #expect(
      ObjectEvent(
        """
        {"Type":"Notification","Message":\(quoted(#"{"Event":"s3:TestEvent"}"#))}
        """) == .other)
    // Here keys are not encoded.
    #expect(
      ObjectEvent(
        """
        {"version":"0","id":"17793124","detail-type":"Object Created","source":"aws.s3",\
        "account":"1","time":"2021-11-12T00:00:00Z","region":"ca-central-1",\
        "resources":["arn:aws:s3:::lake"],"detail":{"version":"0","bucket":{"name":"lake"},\
        "object":{"key":"a+b %41.csv","size":5,"etag":"b1946ac9","version-id":"I","sequencer":"0"},\
        "request-id":"N4N7","requester":"1","reason":"PutObject"}}
        """) == .written(["lake/a+b %41.csv"]))
  }

  @Test func `what is not understood is told why`() {
    let nested = #"{"Type":"Notification","Message":"{\"Message\":\"{}\"}"}"#
    for body in [
      "", "hello", "[]", "{}", "null", "{\"Records\":3}", "{\"Records\":[{}]}", nested,
      records(record("a.csv", version: "3.0")), #"{"Message":"hello"}"#,
      #"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"lake"}}}]}"#,
      #"{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"lake"}}}"#,
    ] {
      guard case .unknown(let reason) = ObjectEvent(body) else {
        Issue.record("understood: \(body)")
        continue
      }
      #expect(!reason.isEmpty && !reason.contains("\n"))
    }
  }

  @Test func `no cut of an event is taken for one`() {
    let whole = records(record("in/a.csv"))
    for count in 0..<whole.utf8.count {
      let part = String(decoding: Array(whole.utf8.prefix(count)), as: UTF8.self)
      guard case .unknown = ObjectEvent(part) else {
        Issue.record("understood: \(part)")
        return
      }
    }
  }
}
