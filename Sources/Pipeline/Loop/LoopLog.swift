// What the loop says while it works: one line per event, for people and for a journal.
internal import LoopContract
internal import Synchronization

/// Says what happens, and a problem that goes on only once.
final class LoopLog: Sendable {
  private let write: @Sendable (String) -> Void
  private let words: @Sendable (PipelineError) -> String
  private let problems = Mutex<[String: String]>([:])

  /// - Parameter words: the words for a problem.
  init(
    words: @escaping @Sendable (PipelineError) -> String = \.description,
    _ write: @escaping @Sendable (String) -> Void
  ) {
    self.words = words
    self.write = write
  }

  /// Says a line.
  func say(_ line: String) { write(line) }

  /// Says a problem, unless the same was said about the same thing last.
  func problem(_ error: any Error, about thing: String) {
    let text = text(error)
    let isNew = problems.withLock { $0.updateValue(text, forKey: thing) != text }
    if isNew { write("problem: \(text)") }
  }

  /// A problem in words.
  func text(_ error: any Error) -> String {
    (error as? PipelineError).map(words) ?? String(describing: error)
  }

  /// Forgets the problem of a thing, which is over.
  func resolved(_ thing: String) { problems.withLock { $0[thing] = nil } }

  /// Says how an input ended.
  func ingested(_ file: FileRecord) {
    let notes = file.findings.map(\.message).prefix(3).joined(separator: "; ")
    switch file.state {
    case .ingested:
      write(
        "ingested \(file.name): \(file.rows) rows, \(file.role.rawValue)"
          + (notes.isEmpty ? "" : "; note: \(notes)"))
    case .duplicate: write("duplicate \(file.name): the content was ingested before")
    case .quarantined: write("quarantined \(file.name): \(notes)")
    }
  }
}
