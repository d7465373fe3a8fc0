// What a run needs from the program around it, and nothing of its results: threads, a way to be
// stopped, somebody to tell about progress, and a stopwatch.
package import NumericCore
package import Tables
import Texts

/// Where a task runs.
package struct RunContext: Sendable {
  /// The threads to compute on; no result depends on how many there are.
  package let pool: WorkerPool
  /// Whether the work should stop; asked often, from the thread that runs the task.
  package let isCancelled: @Sendable () -> Bool
  /// Told about every phase and round.
  package let progress: @Sendable (ProgressEvent) -> Void
  /// Adds up the seconds of the phases.
  package let stopwatch: Stopwatch

  /// Creates a context whose stopwatch starts now.
  package init(
    pool: WorkerPool, isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (ProgressEvent) -> Void = { _ in }
  ) {
    self.init(pool: pool, isCancelled: isCancelled, progress: progress, stopwatch: Stopwatch())
  }

  private init(
    pool: WorkerPool, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (ProgressEvent) -> Void, stopwatch: Stopwatch
  ) {
    self.pool = pool
    self.isCancelled = isCancelled
    self.progress = progress
    self.stopwatch = stopwatch
  }

  /// The same context with a stopwatch that starts now, for a run of its own.
  func starting() -> RunContext {
    RunContext(pool: pool, isCancelled: isCancelled, progress: progress)
  }

  /// The same context without warnings, for work whose doubts another part of the run tells.
  package var withoutWarnings: RunContext {
    RunContext(
      pool: pool, isCancelled: isCancelled,
      progress: { event in
        if case .warning = event { return }
        progress(event)
      }, stopwatch: stopwatch)
  }

  /// Runs `body` and adds its seconds to a phase.
  package func measure<Result>(_ phase: Stopwatch.Phase, _ body: () throws -> Result) rethrows
    -> Result
  {
    try stopwatch.measure(phase, body)
  }

  /// Starts a phase, unless the work should stop.
  ///
  /// - Throws: `TaskError.cancelled`.
  package func begin(_ phase: String) throws {
    try checkCancelled()
    progress(.phase(phase))
  }

  /// Tells reasons to doubt the result.
  package func warn(_ warnings: [RunWarning]) {
    for warning in warnings { progress(.warning(warning)) }
  }

  /// Tells reasons to doubt the result that have no facts of their own.
  package func warn(_ lines: [String]) { warn(lines.map { .text($0) }) }

  /// Tells of columns whose kind may be another one than is wanted.
  ///
  /// - Parameter target: the column whose kind is known.
  package func tell(_ findings: [ColumnFinding], except target: String) {
    for finding in findings
    where finding.reason.isDoubtful && !finding.name.hasSameBytes(as: target) {
      progress(.doubtfulKind(finding))
    }
  }

  /// - Throws: `TaskError.cancelled` when the work should stop.
  package func checkCancelled() throws {
    if isCancelled() { throw TaskError.cancelled }
  }
}

/// Something worth showing while a task runs.
package enum ProgressEvent: Sendable {
  /// A phase began: "reading", "fold 2 of 5".
  case phase(String)
  /// Something that people should know about the data or the run, in one line.
  case note(String)
  /// A column has a kind that may be another one than is wanted.
  case doubtfulKind(ColumnFinding)
  /// A column has a few categories that the model has never seen.
  case unseenCategories(UnseenCategories)
  /// A reason to doubt the result.
  case warning(RunWarning)
  /// A round of training ended.
  case round(RoundProgress)
  /// A trial of a search ended.
  case trial(TrialReport)
}

/// How far training has come.
package struct RoundProgress: Sendable {
  /// The rounds that have ended.
  package let round: Int
  /// The most rounds there can be; early stopping may end sooner.
  package let rounds: Int
  /// The loss on the rows set aside for early stopping, if there are any.
  package let validationLoss: Double?

  /// Describes a round.
  package init(round: Int, rounds: Int, validationLoss: Double?) {
    self.round = round
    self.rounds = rounds
    self.validationLoss = validationLoss
  }
}
