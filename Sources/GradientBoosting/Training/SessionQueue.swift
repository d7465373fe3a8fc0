// Which of several sessions a thread carries on next.

/// Sessions that wait for a thread.
struct SessionQueue {
  /// Those that wait for their first round, the next one last.
  private var untouched: [Int]
  /// The rounds of those under way that wait.
  private var waiting: [Int: Int] = [:]
  /// How many are under way, whether they wait or not.
  private var open = 0
  private let mostOpen: Int
  private var isClosed = false

  /// - Parameters:
  ///   - count: the number of sessions.
  ///   - mostOpen: how many may be under way at once.
  init(count: Int, mostOpen: Int) {
    untouched = Array((0..<count).reversed())
    self.mostOpen = mostOpen
  }

  /// Takes a new session while there may be more, then the least advanced one.
  ///
  /// - Returns: nil if there is nothing to do that another thread is not at.
  mutating func take() -> Int? {
    if isClosed { return nil }
    if open < mostOpen, let next = untouched.popLast() {
      open += 1
      return next
    }
    let next = waiting.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    if let next { waiting[next] = nil }
    return next
  }

  /// Gives back a session that was taken.
  ///
  /// - Parameter rounds: how far it is; nil if it has ended.
  mutating func putBack(_ session: Int, rounds: Int?) {
    if let rounds { waiting[session] = rounds } else { open -= 1 }
  }

  /// Lets nothing more be taken.
  mutating func close() { isClosed = true }
}
