// `mlcore models`: the models of a home, and which of them is in service.
import ArgumentParser
import Pipeline

/// Lists, shows and promotes models.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models of a loop and say which is in service.",
    subcommands: [ModelsList.self, ModelsShow.self, ModelsPromote.self, ModelsRollback.self])
}

/// Lists models.
struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models, the newest first.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let settings = try home.settings()
    let models = try home.records(by: settings).models()
    try report.write(models) {
      models.map { model in
        "\(model.version)  \(model.created)  \(model.headline(by: settings.measure))  "
          + "\(model.rows.grouped.leftPadded(11)) rows  \(model.passes ? "passed  " : "rejected")  "
          + model.aliases.joined(separator: ", ")
      }
    }
  }
}

/// Shows a model.
struct ModelsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a model and the verdict on it.")

  @Argument(help: "A version, the beginning of one, or an alias.") var name: String
  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let model = try home.records().model(name)
    var lines = [
      "\(Terminal.output.bold(model.version)) \(model.aliases.joined(separator: ", "))",
      "  trained    \(model.created) by run \(model.run) on \(model.rows.counted("row"))",
      "  folder     \(model.path)",
      "  compared   with \(model.parent ?? "none: it was the first")",
      "  verdict    \(model.passes ? "passed" : "rejected")",
    ]
    lines += model.objections.map { "             \($0)" }
    lines += model.metrics.sorted { $0.key < $1.key }.map {
      "  \($0.key.padded(24)) \($0.value.fixed(6))"
    }
    try report.write(model) { lines }
  }
}

/// Promotes a model.
struct ModelsPromote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Put a model into service.")

  @Argument(help: "A version, the beginning of one, or 'challenger'.") var name: String
  @OptionGroup var home: HomeOptions
  @Flag(help: "Promote the model even if the gate rejected it.") var force = false

  func run() throws {
    let version = try home.records().promote(name, isForced: force)
    Terminal.error.note("\(version) is the champion\n")
  }
}

/// Goes back to the model before.
struct ModelsRollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Put the model back into service that was before.")

  @OptionGroup var home: HomeOptions

  func run() throws {
    let version = try home.records().rollBack()
    Terminal.error.note("\(version) is the champion again\n")
  }
}
