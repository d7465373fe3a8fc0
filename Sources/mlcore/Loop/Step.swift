// `mlcore step`: what the loop starts for each step, in a process of its own. Nobody types it.
import ArgumentParser
import Glibc
import LearningTasks
import LoopContract
import Pipeline

/// Answers one question of the loop.
struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Answer a question of the loop.", shouldDisplay: false)

  @Option var settings: String
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    Interruption.leaves("the loop goes on from there")
    // Where memory runs out, the system ends the step and not the loop; it may refuse the score.
    let score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
    if score >= 0 {
      _ = write(score, "500", 3)
      close(score)
    }
    let settings = try LoopSettings(file: settings)
    let context = RunContext(
      pool: try threads.makePool(), isCancelled: { Interruption.isRequested },
      progress: { event in
        if let message = event.message { Terminal.error.note("\(message.text)\n") }
      })
    let loop = settings.loop(in: context)
    try StepServer.serve { request in
      do {
        return try loop.answer(request)
      } catch {
        guard let failure = StepFailure(error) else { throw error }
        return .failed(failure)
      }
    }
  }
}

extension StepFailure {
  /// The fault of the data or the system as an answer; nil for a mistake in the program.
  fileprivate init?(_ error: any Error) {
    guard let error = CommandLineError(error), error.code != .internalError else { return nil }
    let kind: Kind =
      switch error.code {
      case .file, .locked: .system
      case .remote: .remote
      case .corrupt: .damage
      default: .data
      }
    self.init(kind: kind, facts: error.facts, advice: error.advice)
  }
}
