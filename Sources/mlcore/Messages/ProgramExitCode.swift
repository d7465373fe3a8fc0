// The exit codes of the program: scripts may rely on them, so they never change meaning.

/// How the program ends.
enum ProgramExitCode: Int32 {
  /// A check said no: a gate, drift, a schema.
  case checkFailed = 1
  /// The arguments or the configuration cannot be used.
  case usage = 2
  /// The input data cannot be used.
  case data = 3
  /// A file cannot be read or written.
  case file = 4
  /// A model or another artifact is damaged.
  case corrupt = 5
  /// Another process holds a lock.
  case locked = 6
  /// A remote system failed.
  case remote = 8
  /// A mistake in the program itself.
  case internalError = 70
}
