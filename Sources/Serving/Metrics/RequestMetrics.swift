// What the server counts, as Prometheus reads it.
import Synchronization
import Texts

/// Counters and latencies of requests, by route.
final class RequestMetrics: Sendable {
  /// The upper ends of the histogram's buckets in seconds.
  static let bounds = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  ]

  /// What is known of one route.
  private struct Route {
    /// How many answers had a status.
    var statuses: [Int: Int] = [:]
    /// How many answers took no longer than a bound, and longer than the one before.
    var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count + 1)
    var seconds = 0.0
    var rows = 0
  }

  private let routes = Mutex<[String: Route]>([:])

  /// Counts an answer.
  ///
  /// - Parameters:
  ///   - route: the pattern of the route, of which there are few.
  ///   - seconds: from the first line of the request to the answer.
  func add(route: String, status: Int, seconds: Double, rows: Int) {
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    routes.withLock { routes in
      routes[route, default: Route()].statuses[status, default: 0] += 1
      routes[route, default: Route()].buckets[bucket] += 1
      routes[route, default: Route()].seconds += seconds
      routes[route, default: Route()].rows += rows
    }
  }

  /// The counters in Prometheus' text format.
  var text: String {
    let routes = routes.withLock(\.self).sorted { $0.key.precedesInBytes($1.key) }
    var text = PrometheusText()
    text.describe("mlcore_requests_total", "counter", "Answered requests by route and status.")
    for (name, route) in routes {
      for (status, count) in route.statuses.sorted(by: { $0.key < $1.key }) {
        text.add(
          "mlcore_requests_total", [("route", name), ("status", "\(status)")], Double(count))
      }
    }
    text.describe("mlcore_rows_total", "counter", "Rows that the model answered, by route.")
    for (name, route) in routes {
      text.add("mlcore_rows_total", [("route", name)], Double(route.rows))
    }
    let latency = "mlcore_request_duration_seconds"
    text.describe(latency, "histogram", "Seconds from the head of a request to its answer.")
    for (name, route) in routes {
      var sum = 0
      for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], route.buckets) {
        sum += count
        text.add("\(latency)_bucket", [("route", name), ("le", bound)], Double(sum))
      }
      text.add("\(latency)_sum", [("route", name)], route.seconds)
      text.add("\(latency)_count", [("route", name)], Double(sum))
    }
    return text.text
  }
}

/// Lines of Prometheus' text format, version 0.0.4.
struct PrometheusText {
  private(set) var text = ""

  /// Adds what a metric is.
  mutating func describe(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  /// Adds a value.
  mutating func add(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
    let inner = labels.map { "\($0)=\(JSONText.literal($1))" }.joined(separator: ",")
    let number = Int(exactly: value).map { "\($0)" } ?? "\(value)"
    text += "\(name)\(inner.isEmpty ? "" : "{\(inner)}") \(number)\n"
  }
}
