// What the program says when it fails: the facts in one line, what to do in the next.

/// A failure in words, and the exit code that goes with it.
struct CommandLineError: Error, Equatable {
  /// The file, the row or key, what was found and what was expected; one line.
  let facts: String
  /// What to do; one line.
  let advice: String
  /// How the program ends.
  let code: ProgramExitCode

  /// A flag was given that does nothing without another one.
  static func needless(_ flag: String, without other: String) -> CommandLineError {
    CommandLineError(
      facts: "\(flag) was given without \(other)", advice: "give \(other), or leave \(flag) out",
      code: .usage)
  }

  /// Both lines.
  var text: String {
    "mlcore: \(Self.oneLine(facts))\n\(Self.sentence(Self.oneLine(advice)))\n"
  }

  /// Writes both lines to standard error.
  func print() { Terminal.error.note(text) }

  /// Advice reads as a sentence.
  private static func sentence(_ text: String) -> String {
    let start = text.prefix(1).uppercased() + text.dropFirst()
    return start.last.map { ".?!".contains($0) } == true ? start : start + "."
  }

  /// Control characters, which file contents may bring along, would break the line apart.
  private static func oneLine(_ text: String) -> String {
    let clean = text.oneLine
    return clean.count <= 2_000 ? clean : clean.prefix(1_000) + " ... " + clean.suffix(200)
  }
}
