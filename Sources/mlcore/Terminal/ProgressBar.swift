// The one line that is redrawn while a model trains: rounds, validation loss and time left.
// Silent unless stderr is a terminal; notes are always shown.
import LearningTasks
import Synchronization
import Tuning

/// Draws the progress of a training run on standard error.
final class ProgressBar: Sendable {
  private struct State {
    var lastDrawn: ContinuousClock.Instant?
    var phase: String?
    var phaseStart = ContinuousClock.now
    var isLineOpen = false
    /// Whether no trial has been shown, and how many have.
    var isTableMissing = true
    var trialsHere = 0
  }

  private let terminal = Terminal.error
  private let state = Mutex(State())
  /// At most 20 redraws a second.
  private static let interval = Duration.milliseconds(50)

  /// A context for a task that this bar tells about, and that Ctrl-C stops.
  func context(_ threads: ThreadOptions) throws -> RunContext {
    RunContext(
      pool: try threads.makePool(), isCancelled: { Interruption.isRequested },
      progress: { self.show($0) })
  }

  /// Shows an event of a run.
  func show(_ event: ProgressEvent) {
    if let message = event.message { say(message.kind, message.text) }
    switch event {
    case .phase(let name): if terminal.isInteractive { start(name) }
    case .round(let round): if terminal.isInteractive { draw(round) }
    case .trial(let trial): if terminal.isInteractive { add(trial) }
    case .note, .doubtfulKind, .unseenCategories, .warning: break
    }
  }

  private func say(_ kind: String, _ text: String) {
    close()
    terminal.note("\(kind): \(text.oneLine)\n")
  }

  /// Clears the line, so that the report starts on an empty one.
  func close() {
    state.withLock { state in
      guard state.isLineOpen else { return }
      terminal.note("\r\u{1B}[K")
      state.isLineOpen = false
    }
  }

  private func start(_ phase: String) {
    state.withLock { state in
      state.phase = phase
      state.phaseStart = .now
      state.lastDrawn = nil
      redraw("\(phase) ...", &state)
    }
  }

  /// Adds a line to the table of trials and redraws the one below it.
  private func add(_ trial: TrialReport) {
    state.withLock { state in
      if state.isTableMissing {
        state.isTableMissing = false
        terminal.note("\r\u{1B}[K" + terminal.dim("trial     score      best  state") + "\n")
      }
      let row =
        "\(trial.number)".leftPadded(5) + trial.value.fixed(5).leftPadded(10)
        + (trial.best ?? .nan).fixed(5).leftPadded(10) + "  \(trial.state.rawValue)"
      let isBest = trial.best == trial.value && trial.state == .complete
      terminal.note("\r\u{1B}[K" + (isBest ? terminal.bold(row) : terminal.dim(row)) + "\n")
      state.trialsHere += 1
      let elapsed = ContinuousClock.now - state.phaseStart
      let left = elapsed * (Double(trial.count - trial.ended) / Double(state.trialsHere))
      let fraction = Double(trial.ended) / Double(max(1, trial.count))
      redraw("\(bar(fraction)) \(trial.ended)/\(trial.count)  about \(left.clockText) left", &state)
    }
  }

  private func draw(_ round: RoundProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      // The final training counts its rounds from one again.
      if round.round == 1 { state.phaseStart = now }
      if let last = state.lastDrawn, now - last < Self.interval { return }
      state.lastDrawn = now
      let elapsed = now - state.phaseStart
      let fraction = Double(round.round) / Double(max(1, round.rounds))
      var line =
        "\(state.phase ?? "training") \(bar(fraction)) \(round.round.grouped)/\(round.rounds.grouped)"
      if let loss = round.validationLoss { line += "  loss \(loss.fixed(4))" }
      // The first rounds say little about the time of the others.
      if round.round >= 10, elapsed >= .milliseconds(500) {
        let left = elapsed * ((1 - fraction) / fraction)
        // Early stopping may end sooner.
        line += "  \(round.validationLoss == nil ? "" : "at most ")\(left.clockText) left"
      }
      redraw(line, &state)
    }
  }

  private func redraw(_ line: String, _ state: inout State) {
    terminal.note("\r" + String(line.prefix(terminal.width - 1)) + "\u{1B}[K")
    state.isLineOpen = true
  }

  private func bar(_ fraction: Double) -> String {
    let cells = 24
    let full = Int(fraction * Double(cells))
    return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
  }
}
