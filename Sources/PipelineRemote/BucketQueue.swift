// Queues of SQS, through Connectors.
public import Connectors
public import Pipeline

/// A queue that tells of objects in buckets.
public struct BucketQueue: ChangeQueue {
  private let queue: SQSQueue
  private let advice: RemoteAdvice

  /// Names a queue.
  public init(_ location: QueueLocation, advice: @escaping RemoteAdvice) {
    queue = SQSQueue(location)
    self.advice = advice
  }

  public var name: String { queue.name }

  public func receive(wait: Int) throws -> [QueueMessage] {
    try worded {
      try queue.receive(wait: wait).map { message in
        let content: QueueMessage.Content =
          switch ObjectEvent(message.body) {
          case .written(let places): .written(places)
          case .other: .nothing
          case .unknown(let reason): .unknown(reason)
          }
        return QueueMessage(id: message.id, receipt: message.receipt, content: content)
      }
    }
  }

  public func delete(_ messages: [QueueMessage]) throws {
    try worded { try queue.delete(receipts: messages.map(\.receipt)) }
  }

  public func stop() { queue.stop() }

  private func worded<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch ConnectorError.stopped {
      throw PipelineError.stopped
    } catch let error as ConnectorError {
      throw PipelineError.remote(facts: error.description, advice: advice(error))
    }
  }
}
