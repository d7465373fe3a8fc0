// `mlcore inspect`: what a model folder holds, after every byte of it was checked.
import ArgumentParser
import Tasks

/// Shows a model folder.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Check a model folder and show what it holds.")

  @Argument(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var folder: String
  @OptionGroup var report: ReportOptions

  func run() throws { try show(TaskRegistry.task(of: folder)) }

  private func show<Task: CommandTask>(_ task: Task.Type) throws {
    let found = try task.inspect(folder: folder)
    try report.write(found) {
      let settings = found.parameters.sorted { $0.key < $1.key }
        .map { "  \($0.key.padded(34)) \($0.value)" }
      let files = found.files
        .map { "  \($0.name.padded(32)) \($0.size.grouped.leftPadded(12)) bytes" }
      return
        (task.lines(found) + ["", "settings"] + settings
        + ["", "files, all as manifest.json lists them"] + files + [""]).joined(separator: "\n")
    }
  }
}
