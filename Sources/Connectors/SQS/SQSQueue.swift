// A queue of SQS: receiving with long polling, and deleting, by the service's JSON protocol.

internal import FoundationEssentials
internal import Synchronization

/// A queue of messages.
public final class SQSQueue: Sendable {
  /// A message.
  public struct Message: Sendable, Equatable {
    /// The same each time that the message is received.
    public var id: String
    /// What is needed to delete it; another one each time.
    public var receipt: String
    /// The text.
    public var body: String
  }

  /// The URL of the queue.
  public var name: String { location.url }

  private let location: QueueLocation
  private let credentials: @Sendable () -> AWSCredentials?
  private let stopped = Mutex(false)
  /// Connections that no request uses at the moment.
  private let connection = Mutex<Connection?>(nil)

  private struct Connection: @unchecked Sendable {
    // Unchecked: it is only ever used by who holds the lock above.
    let value: SignedConnection
  }

  /// What SQS takes and gives at most at a time.
  private static let batch = 10
  /// What SQS waits at most.
  private static let longestWait = 20

  /// Names a queue; nothing is asked of it yet.
  public convenience init(_ location: QueueLocation) {
    self.init(location) { AWSCredentials.current() }
  }

  init(_ location: QueueLocation, credentials: @escaping @Sendable () -> AWSCredentials?) {
    self.location = location
    self.credentials = credentials
  }

  /// Ends a request that is waiting, within a second, and all that follow.
  public func stop() { stopped.withLock { $0 = true } }

  /// Waits for up to ten messages.
  ///
  /// - Parameter wait: the seconds to wait for the first one, at most 20.
  /// - Returns: none where none came.
  /// - Throws: `ConnectorError`; `.stopped` after `stop`.
  public func receive(wait: Int) throws -> [Message] {
    struct Request: Encodable {
      var queueUrl: String
      var maxNumberOfMessages: Int
      var waitTimeSeconds: Int
    }
    struct Answer: Decodable {
      struct Entry: Decodable {
        var messageId: String
        var receiptHandle: String
        var body: String
      }
      var messages: [Entry]?
    }
    let seconds = max(0, min(wait, Self.longestWait))
    let answer: Answer = try ask(
      "ReceiveMessage",
      Request(
        queueUrl: location.url, maxNumberOfMessages: Self.batch, waitTimeSeconds: seconds),
      seconds: seconds + 15)
    return (answer.messages ?? []).map {
      Message(id: $0.messageId, receipt: $0.receiptHandle, body: $0.body)
    }
  }

  /// Deletes messages; one that is gone already is no failure.
  ///
  /// - Throws: `ConnectorError`.
  public func delete(receipts: [String]) throws {
    struct Request: Encodable {
      struct Entry: Encodable {
        var id: String
        var receiptHandle: String
      }
      var queueUrl: String
      var entries: [Entry]
    }
    struct Answer: Decodable {
      struct Failure: Decodable {
        var code: String
        var message: String?
        var senderFault: Bool?
      }
      var failed: [Failure]?
    }
    var rest = receipts[...]
    while !rest.isEmpty {
      let part = rest.prefix(Self.batch)
      rest = rest.dropFirst(part.count)
      let answer: Answer = try ask(
        "DeleteMessageBatch",
        Request(
          queueUrl: location.url,
          entries: part.enumerated().map { .init(id: String($0), receiptHandle: $1) }),
        seconds: 15)
      // A receipt that is too old means that the message has come, or will come, with another one.
      if let failure = answer.failed?.first(where: { !($0.senderFault ?? false) }) {
        throw ConnectorError.queueFailed(
          queue: name, reason: "\(failure.code): \(failure.message ?? "not deleted")")
      }
    }
  }

  private func ask<Answer: Decodable>(
    _ action: String, _ request: some Encodable, seconds: Int
  ) throws -> Answer {
    guard let credentials = credentials() else {
      throw ConnectorError.noCredentials(queue: name)
    }
    let answer = try connection.withLock { kept in
      if stopped.withLock(\.self) { throw ConnectorError.stopped }
      guard
        let connection = kept?.value
          ?? SignedConnection(shouldStop: { [weak self] in self?.stopped.withLock(\.self) ?? true })
      else { throw ConnectorError.queueFailed(queue: name, reason: "curl cannot be started") }
      kept = Connection(value: connection)
      do {
        return try connection.post(
          String(decoding: Self.encoder.encode(request), as: UTF8.self),
          to: "\(location.endpoint)/",
          headers: [
            "Content-Type: application/x-amz-json-1.0", "X-Amz-Target: AmazonSQS.\(action)",
          ], credentials: credentials, signing: (location.region, "sqs"), seconds: seconds)
      } catch let failure as SignedConnection.Failure {
        kept = nil
        if failure.isStopped { throw ConnectorError.stopped }
        throw ConnectorError.queueFailed(queue: name, reason: failure.reason)
      }
    }
    guard answer.status == 200 else {
      throw ConnectorError.queueFailed(
        queue: name, reason: Self.reason(answer, hiding: credentials))
    }
    do {
      return try Self.decoder.decode(Answer.self, from: Data(answer.body))
    } catch {
      throw ConnectorError.queueFailed(queue: name, reason: "the answer is not one of SQS")
    }
  }

  /// A key as SQS has it or as we have it.
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// SQS begins its keys with capitals.
  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .custom { path in
      let own = path.last?.stringValue ?? ""
      return Key(stringValue: own.prefix(1).uppercased() + own.dropFirst())
    }
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      let own = path.last?.stringValue.drop { $0 == "_" } ?? ""
      return Key(stringValue: own.prefix(1).lowercased() + own.dropFirst())
    }
    return decoder
  }

  /// Why SQS refused: `{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "..."}`.
  ///
  /// Only the beginning of what it says: of a signature that does not match, Amazon repeats the whole
  /// request, with the token in it.
  static func reason(
    _ answer: SignedConnection.Answer, hiding credentials: AWSCredentials
  ) -> String {
    struct Refusal: Decodable {
      var type: String?
      var message: String?
    }
    let refusal = try? decoder.decode(Refusal.self, from: Data(answer.body))
    let kind = refusal?.type?.split(separator: "#").last.map(String.init)
    let words = [kind, refusal?.message].compactMap(\.self)
    if words.isEmpty { return "HTTP status \(answer.status)" }
    var text = words.joined(separator: ": ")
    // Before it is cut, so that no part of one is left.
    for secret in [credentials.secret, credentials.sessionToken, credentials.keyID] {
      if let secret, !secret.isEmpty { text = text.replacing(secret, with: "...") }
    }
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    return line.count <= 200 ? String(line) : "\(line.prefix(197))..."
  }
}
