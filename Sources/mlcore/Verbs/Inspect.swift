// `mlcore inspect`: what a model folder holds, after every byte of it was checked.
import ArgumentParser
import LearningTasks

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
      var lines = task.lines(found) + ["", "settings"]
      for (key, value) in found.parameters.sorted(by: { $0.key < $1.key }) {
        lines.append("  \(key.padded(34)) \(value)")
      }
      lines += ["", "files, all as manifest.json lists them"]
      for file in found.files {
        lines.append("  \(file.name.padded(32)) \(file.size.grouped.leftPadded(12)) bytes")
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
