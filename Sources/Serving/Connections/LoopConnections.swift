// The connections of one event loop. They are looked at twice a second, which costs less than a
// timer for each request.
import NIOCore

/// The connections of one event loop; used on that loop alone.
final class LoopConnections {
  private var handlers: [ObjectIdentifier: ConnectionHandler] = [:]

  /// The time between two looks.
  static let interval = TimeAmount.milliseconds(500)

  func add(_ handler: ConnectionHandler) { handlers[ObjectIdentifier(handler)] = handler }

  func remove(_ handler: ConnectionHandler) {
    handlers.removeValue(forKey: ObjectIdentifier(handler))
  }

  /// Closes what is late.
  func sweep() {
    let now = NIODeadline.now()
    for handler in handlers.values { handler.sweep(at: now) }
  }
}
