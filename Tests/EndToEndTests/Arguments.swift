// The arguments that the runs of a suite have in common, and those of one run.

extension [String] {
  /// These arguments and others, without the flags with one value that the others give again.
  func overridden(by others: [String]) -> [String] {
    let given = Set(others.filter { $0.hasPrefix("--") }.map { $0.prefix { $0 != "=" } })
      .subtracting(["--id", "--drop", "--set", "--date", "--categorical", "--numeric"])
    var kept: [String] = []
    var isGiven = false
    for argument in self {
      if argument.hasPrefix("--") { isGiven = given.contains(argument[...]) }
      if !isGiven { kept.append(argument) }
    }
    return kept + others
  }
}
