// How a configuration comes about: built-in defaults, then a TOML file, then `--set`, then flags.
// Each layer overwrites the keys that it names; an unknown key is an error.
import Glibc
import Storage
import Synchronization
import TOMLKit
import Texts

/// Applies the layers of a configuration by a table of settings.
public struct ConfigurationLayers<Configuration: Sendable>: Sendable {
  private let settings: [Setting<Configuration>]

  /// Creates the layers for a table of settings.
  public init(settings: [Setting<Configuration>]) { self.settings = settings }

  /// Applies the keys of a TOML file.
  ///
  /// - Throws: `ConfigurationError`.
  public func apply(file: String, to configuration: inout Configuration) throws {
    try apply(ConfigurationFile.bytes(of: file), file: file, to: &configuration)
  }

  /// Applies the keys of a TOML text.
  ///
  /// - Parameter file: the name of the file for error messages.
  /// - Throws: `ConfigurationError`.
  package func apply(_ bytes: [UInt8], file: String, to configuration: inout Configuration) throws {
    let table = try Self.parse(bytes, file: file)
    // Before the keys, which are those of the other task.
    if let task = table["task"]?.string, case .choice(let tasks)? = settings["task"]?.kind,
      tasks.count == 1, tasks[0] != task
    {
      throw ConfigurationError.otherTask(file: file, found: task, expected: tasks[0])
    }
    for (key, value) in Self.leaves(of: table, prefix: "") {
      let setting = try setting(for: key, source: file)
      let found = ConfigurationValue(value, listsNumbers: setting.kind.listsNumbers)
      if setting.acceptsAuto, found == .text("auto") {
        setting.write(&configuration, nil)
        continue
      }
      guard let found, let accepted = setting.kind.accepting(found) else {
        throw ConfigurationError.refused(
          key: key, source: file, found: found?.toml ?? value.type.found,
          expected: setting.expected)
      }
      setting.write(&configuration, accepted)
    }
  }

  /// Applies one `key=value` of the command line.
  ///
  /// - Parameter source: what messages call its place, such as a flag.
  /// - Throws: `ConfigurationError`.
  public func apply(
    assignment: String, source: String, to configuration: inout Configuration
  ) throws {
    guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
      throw ConfigurationError.notAnAssignment(text: assignment, source: source)
    }
    try apply(
      key: String(assignment[..<equals]),
      text: String(assignment[assignment.index(after: equals)...]),
      source: source, to: &configuration)
  }

  /// Applies a value as it was typed for a flag.
  ///
  /// - Throws: `ConfigurationError`.
  public func apply(
    key: String, text: String, source: String, to configuration: inout Configuration
  ) throws {
    try apply(key: key, texts: [text], source: source, to: &configuration)
  }

  /// Applies the values that were typed for a flag, of which a list takes all and others the last.
  ///
  /// - Throws: `ConfigurationError`.
  public func apply(
    key: String, texts: [String], source: String, to configuration: inout Configuration
  ) throws {
    let setting = try setting(for: key, source: source)
    let text = setting.kind.isRepeated ? texts.joined(separator: ",") : texts.last ?? ""
    if setting.acceptsAuto, text == "auto" {
      setting.write(&configuration, nil)
      return
    }
    guard let accepted = setting.kind.parsing(texts).flatMap(setting.kind.accepting) else {
      throw ConfigurationError.refused(
        key: key, source: source, found: text.isEmpty ? "empty" : "'\(text)'",
        expected: setting.expected)
    }
    setting.write(&configuration, accepted)
  }

  /// Checks the range of every value of a configuration that no layer has written.
  ///
  /// - Throws: `ConfigurationError.unfit`.
  public func check(_ configuration: Configuration) throws {
    guard let (setting, found) = settings.outOfRange(in: configuration) else { return }
    throw ConfigurationError.unfit(
      key: setting.key, flag: setting.flag.name, found: found.shown, expected: setting.expected)
  }

  private func setting(for key: String, source: String) throws -> Setting<Configuration> {
    if let setting = settings[key] { return setting }
    if let inside = settings.first(where: { $0.section == key }) {
      throw ConfigurationError.sectionAsKey(section: key, source: source, example: inside.key)
    }
    throw ConfigurationError.unknownKey(
      key: key, source: source,
      suggestion: Suggestion.nearest(to: key, in: settings.map(\.key)))
  }

  /// Reads a TOML file.
  static func parse(file: String) throws -> TOMLTable {
    try parse(ConfigurationFile.bytes(of: file), file: file)
  }

  /// Reads a TOML text.
  static func parse(_ bytes: [UInt8], file: String) throws -> TOMLTable {
    do {
      return try TOMLTable(string: TOMLText.text(of: bytes))
    } catch let error as TOMLText.Problem {
      throw ConfigurationError.notText(
        file: file, line: error.position.line, column: error.position.column,
        problem: error.problem)
    } catch let error as TOMLParseError {
      throw ConfigurationError.syntax(
        file: file, line: error.source.begin.line, problem: error.description)
    }
  }

  /// The values of a table and its sections, with keys joined by points, in the order of the keys.
  private static func leaves(
    of table: TOMLTable, prefix: String
  ) -> [(key: String, value: any TOMLValueConvertible)] {
    table.keys.sorted().flatMap { key -> [(key: String, value: any TOMLValueConvertible)] in
      guard let value = table[key] else { return [] }
      if let section = value.table { return leaves(of: section, prefix: "\(prefix)\(key).") }
      return [("\(prefix)\(key)", value)]
    }
  }
}

extension TOMLType {
  /// What was found in a file, in words, of values that no setting has.
  fileprivate var found: String {
    switch self {
    case .array: "an array of something else than text"
    case .table: "a table"
    case .date, .time, .dateTime: "a date or a time"
    default: "a value that no setting has"
    }
  }
}

/// Reads the task that a configuration file is for, before its keys are known.
public enum ConfigurationFile {
  /// What pipes held: they give it once, but the task is looked up before the keys are applied.
  private static let pipes = Mutex<[String: [UInt8]]>([:])

  /// Reads a file that a user gives, which may be a pipe.
  ///
  /// - Throws: `ConfigurationError`.
  static func bytes(of file: String) throws -> [UInt8] {
    if let known = pipes.withLock({ $0[file] }) { return known }
    do {
      let bytes = try PlainFile.readAny(file, limit: TOMLText.longest)
      var status = stat()
      if stat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        pipes.withLock { $0[file] = bytes }
      }
      return bytes
    } catch StorageError.tooLong {
      throw ConfigurationError.unreadable(
        file: file, problem: "longer than \(TOMLText.longest) bytes, expected settings")
    } catch StorageError.system(_, _, let number) {
      let problem =
        switch number {
        case ENOENT: "there is no such file"
        case EISDIR: "this is a folder, expected a file with settings"
        default: "cannot be read (\(String(cString: strerror(number))))"
        }
      throw ConfigurationError.unreadable(file: file, problem: problem)
    }
  }

  /// Returns the value of the key `task`.
  ///
  /// - Throws: `ConfigurationError` when the file cannot be read, or has no task.
  public static func task(of file: String) throws -> String {
    let table = try ConfigurationLayers<Never>.parse(file: file)
    guard let task = table["task"]?.string else {
      throw ConfigurationError.noTask(file: file)
    }
    return task
  }
}
