// How often a file is tried whose step's process ends: whoever is short of memory ends processes, and
// the file may have nothing to do with it.
import Glibc

/// Attempts at a file that is alone in its step.
enum StepAttempts {
  /// After so many, the file is held to be at fault.
  static let most = 3

  /// Waits before the next attempt, longer each time.
  static func pause(after attempt: Int) { usleep(UInt32(attempt) * 200_000) }
}
