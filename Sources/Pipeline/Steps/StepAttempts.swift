// How often a file is tried whose step's process ends: whoever is short of memory ends processes, and
// the file may have nothing to do with it.
internal import Glibc

/// Questions about files that may end the process of the step.
enum StepAttempts {
  /// After so many, a file that is alone in its step is held to be at fault.
  private static let most = 3

  /// Asks about files together, and about each alone where that ends the process.
  ///
  /// - Parameter blame: the answer for a file that ends the process each time, and how it ended.
  static func answers<File, Answer>(
    to files: [File], ask: ([File]) throws -> [Answer], blame: (_ how: String) -> Answer
  ) throws -> [Answer] {
    var attempt = 1
    while true {
      do { return try ask(files) } catch PipelineError.stepEnded(_, let how) {
        if files.count > 1 {
          return try files.map { try answers(to: [$0], ask: ask, blame: blame)[0] }
        }
        if attempt == most { return [blame(how)] }
        // Longer each time.
        usleep(UInt32(attempt) * 200_000)
        attempt += 1
      }
    }
  }
}
