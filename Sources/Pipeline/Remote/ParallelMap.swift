// A few threads for requests that take their time somewhere else.
internal import Synchronization

/// Threads that come, work through a list and go.
enum ParallelMap {
  private static let size = 8

  /// Does something with each element, several at a time, and returns the results in their order.
  static func results<Element: Sendable, Value: Sendable>(
    of elements: [Element], _ body: @escaping @Sendable (Element) -> Value
  ) -> [Value] {
    guard elements.count > 1 else { return elements.map(body) }
    let work = Work<Value>()
    let threads = (0..<min(size, elements.count)).map { _ in
      BackgroundThread {
        while let index = work.next(of: elements.count) { work.keep(body(elements[index]), index) }
      }
    }
    for thread in threads { thread.join() }
    return elements.indices.compactMap { work.result($0) }
  }

  private final class Work<Value: Sendable>: Sendable {
    private let state = Mutex<(next: Int, results: [Int: Value])>((0, [:]))

    func next(of count: Int) -> Int? {
      state.withLock { state in
        guard state.next < count else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    func keep(_ value: Value, _ index: Int) { state.withLock { $0.results[index] = value } }

    func result(_ index: Int) -> Value? { state.withLock { $0.results[index] } }
  }
}
