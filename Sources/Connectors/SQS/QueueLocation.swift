// The URL of a queue, and what follows from it: where requests go and which region signs them.

internal import Glibc

/// A queue of SQS, or of a server that speaks like it.
public struct QueueLocation: Sendable, Equatable {
  /// The URL of the queue, as SQS gives it.
  public let url: String
  /// Where requests go: `https://host` or `http://host:port`.
  let endpoint: String
  /// The region that requests are signed for.
  let region: String

  /// Understands a URL.
  ///
  /// `AWS_ENDPOINT_URL_SQS`, or else `AWS_ENDPOINT_URL`, sends requests somewhere else. The region is
  /// that of the host; for other hosts it is that of `AWS_REGION` or `AWS_DEFAULT_REGION`, or else
  /// us-east-1.
  /// - Throws: `ConnectorError.badQueue`.
  public init(_ url: String) throws {
    try self.init(url) { name in getenv(name).map { String(cString: $0) } }
  }

  init(_ url: String, variable: (String) -> String?) throws {
    func given(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    func wrong(_ shown: String, _ reason: String) -> ConnectorError {
      .badQueue(location: shown, reason: reason)
    }
    guard let scheme = ["https://", "http://"].first(where: url.hasPrefix) else {
      let shown = url.contains("@") ? "the queue" : url
      throw wrong(shown, "it begins neither with https:// nor with http://")
    }
    let rest = url.dropFirst(scheme.count)
    let host = rest.prefix { $0 != "/" }
    if url.contains("@") { throw wrong("the queue", "there is a user in this URL") }
    let path = rest.dropFirst(host.count)
    guard !host.isEmpty, path.split(separator: "/").count >= 1, !path.contains("?"),
      url.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { throw wrong(url, "it does not end in the name of a queue") }
    self.url = url
    let other = given("AWS_ENDPOINT_URL_SQS") ?? given("AWS_ENDPOINT_URL")
    if let other, !["https://", "http://"].contains(where: other.hasPrefix) {
      throw wrong(url, "AWS_ENDPOINT_URL is no URL of a server")
    }
    endpoint = other.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? scheme + host
    region =
      Self.region(ofHost: String(host)) ?? given("AWS_REGION") ?? given("AWS_DEFAULT_REGION")
      ?? "us-east-1"
  }

  /// The region in the name of one of Amazon's hosts; nil for others.
  private static func region(ofHost host: String) -> String? {
    let parts = host.split(separator: ".").map(String.init)
    guard host.contains("amazonaws.com") || host.hasSuffix(".api.aws") else { return nil }
    // sqs.eu-west-1.amazonaws.com, vpce-1.sqs.eu-west-1.vpce.amazonaws.com, and the old
    // eu-west-1.queue.amazonaws.com.
    if let place = parts.firstIndex(where: { $0 == "sqs" || $0 == "sqs-fips" }),
      place + 1 < parts.count, parts[place + 1] != "amazonaws"
    {
      return parts[place + 1]
    }
    if let place = parts.firstIndex(of: "queue"), place > 0 { return parts[place - 1] }
    return nil
  }
}
