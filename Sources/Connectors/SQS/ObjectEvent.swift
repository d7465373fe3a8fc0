// What a message tells of a bucket: the events that S3 sends, itself, through SNS or through
// EventBridge, and servers that speak like it.

internal import FoundationEssentials
internal import Texts

/// What a message says.
public enum ObjectEvent: Sendable, Equatable {
  /// Objects were written: `bucket/key`, each as often as it is told.
  case written([String])
  /// It is about something else, such as a deletion, or a test of the connection.
  case other
  /// It cannot be understood, for this reason.
  case unknown(String)

  /// Understands the text of a message.
  public init(_ body: String) { self.init(body, depth: 0) }

  private init(_ body: String, depth: Int) {
    guard let message = try? JSONDecoder().decode(Message.self, from: Data(body.utf8)) else {
      self = .unknown("it is no JSON object of an event")
      return
    }
    if let records = message.records {
      self = Self.of(records)
    } else if message.event == "s3:TestEvent" {
      self = .other
    } else if let detail = message.detail, message.source == "aws.s3" {
      // Keys in events of EventBridge are not encoded.
      guard message.detailType == "Object Created" else {
        self = .other
        return
      }
      guard let bucket = detail.bucket?.name, let key = detail.object?.key else {
        self = .unknown("there is no bucket or no key in it")
        return
      }
      self = .written(["\(bucket)/\(key)"])
    } else if let inner = message.message, depth == 0 {
      self.init(inner, depth: 1)
    } else {
      self = .unknown("it is no event of a bucket")
    }
  }

  private static func of(_ records: [Message.Record]) -> ObjectEvent {
    var places: [String] = []
    for record in records {
      guard let name = record.eventName else {
        return .unknown("there is a record without the name of an event")
      }
      let version = record.eventVersion ?? "2.0"
      // A new major version may mean anything by the same words.
      guard version.split(separator: ".").first == "2" else {
        return .unknown("its version is \(version.prefix(20)), expected 2")
      }
      // MinIO says s3:ObjectCreated:Put, S3 itself says ObjectCreated:Put.
      let kind = name.hasPrefix("s3:") ? name.dropFirst(3) : name[...]
      guard kind.hasPrefix("ObjectCreated:") else { continue }
      guard let bucket = record.s3?.bucket?.name, let key = record.s3?.object?.key,
        let plain = decoded(key)
      else { return .unknown("there is a record without a bucket or a key") }
      places.append("\(bucket)/\(plain)")
    }
    return places.isEmpty ? .other : .written(places)
  }

  /// A key as forms encode it: `+` is a space, and `%2B` is a plus; nil where that is no text.
  static func decoded(_ key: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(key.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let value = PercentText.value(of: rest.prefix(2)) else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private struct Message: Decodable {
    struct Named: Decodable { var name: String? }
    struct Keyed: Decodable { var key: String? }
    struct Place: Decodable {
      var bucket: Named?
      var object: Keyed?
    }
    struct Record: Decodable {
      var eventVersion: String?
      var eventName: String?
      var s3: Place?
    }

    var records: [Record]?
    var event: String?
    var message: String?
    var source: String?
    var detailType: String?
    var detail: Place?

    enum CodingKeys: String, CodingKey {
      case source, detail
      case records = "Records"
      case event = "Event"
      case message = "Message"
      case detailType = "detail-type"
    }
  }
}
