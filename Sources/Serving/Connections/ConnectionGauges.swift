// How much of the server's memory and connections is in use, over all connections.
import Synchronization

/// Counts connections and the bytes of bodies that are being received.
final class ConnectionGauges: Sendable {
  private let connections = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)
  private let refused = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)

  /// Whether the server is about to end, and no connection is kept.
  var isDraining: Bool {
    get { draining.load(ordering: .relaxed) }
    set { draining.store(newValue, ordering: .relaxed) }
  }

  /// The connections that are open.
  var openConnections: Int { connections.load(ordering: .relaxed) }

  /// Counts a connection; false if there are enough.
  func open(most: Int) -> Bool {
    guard connections.wrappingAdd(1, ordering: .relaxed).newValue > most else { return true }
    refused.wrappingAdd(1, ordering: .relaxed)
    return false
  }

  /// Counts the end of a connection.
  func close() { connections.wrappingSubtract(1, ordering: .relaxed) }

  /// Counts bytes of a body; false if too many are being received.
  func receive(_ count: Int, most: Int) -> Bool {
    bytes.wrappingAdd(count, ordering: .relaxed).newValue <= most
  }

  /// Counts bytes that are no longer kept.
  func release(_ count: Int) { bytes.wrappingSubtract(count, ordering: .relaxed) }

  /// The counts in Prometheus' text format.
  var text: String {
    var text = PrometheusText()
    text.describe("mlcore_connections", "gauge", "Open connections.")
    text.add("mlcore_connections", [], Double(openConnections))
    text.describe("mlcore_connections_refused_total", "counter", "Connections beyond the limit.")
    text.add("mlcore_connections_refused_total", [], Double(refused.load(ordering: .relaxed)))
    text.describe("mlcore_body_bytes", "gauge", "Bytes of bodies that are being received.")
    text.add("mlcore_body_bytes", [], Double(bytes.load(ordering: .relaxed)))
    return text.text
  }
}
