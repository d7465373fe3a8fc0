// A model of tests: it answers twice a number, the category, and the seconds of an instant.
import Foundation
import LearningTasks
import NumericCore
import Storage
import Tables
import TestSupport
import Texts

@testable import Serving

/// What the model reads and answers.
struct SampleModel: Predictor {
  typealias Row = [String: FeatureValue]

  let task: String
  let modelVersion: String
  let isQuick: Bool
  /// What a number is multiplied by.
  let factor: Double

  init(
    _ version: String = "aaaaaaaaaaaa", isQuick: Bool = true, factor: Double = 2,
    task: String = "sample"
  ) {
    (modelVersion, self.isQuick, self.factor, self.task) = (version, isQuick, factor, task)
  }

  let inputSchema = Schema(fields: [
    Schema.Field(name: "id", kind: .text), Schema.Field(name: "amount", kind: .number),
    Schema.Field(name: "plan", kind: .category), Schema.Field(name: "since", kind: .timestamp),
  ])
  let outputSchema = Schema(fields: [
    Schema.Field(name: "id", kind: .text), Schema.Field(name: "twice", kind: .number),
    Schema.Field(name: "plan_found", kind: .category), Schema.Field(name: "seconds", kind: .number),
    Schema.Field(name: "model_version", kind: .category),
  ])

  func read(_ source: TableSource, context: RunContext) throws -> Table {
    var options = source.format
    options.schema = inputSchema
    return try Table.read(from: source.location, options: options).table
  }

  func table(_ columns: [CellColumn], rowCount: Int, named name: String) throws -> Table {
    for column in columns where !inputSchema.fields.contains(where: { $0.name == column.name }) {
      throw TaskError.unknownColumn(name: column.name, suggestion: nil)
    }
    return try CellReader(inputSchema, options: ReadOptions())
      .table(columns, rowCount: rowCount, named: name)
  }

  func explaining(_ count: Int) throws -> SampleModel {
    throw TaskError.reasons(found: count, most: 0)
  }

  func predict(_ table: Table, named name: String, context: RunContext) throws -> Table {
    guard case .number(let amounts)? = table["amount"]?.values,
      case .category(let plans)? = table["plan"]?.values,
      case .timestamp(let instants)? = table["since"]?.values
    else { throw TaskError.noFeatures(data: name) }
    return try
      ([table["id"]].compactMap(\.self) + [
        Column(name: "twice", values: .number(NumberColumn(amounts.doubles().map { $0 * factor }))),
        Column(name: "plan_found", values: .category(plans)),
        Column(name: "seconds", values: .number(instants)),
        .modelVersion(modelVersion, rowCount: table.rowCount),
      ]).answers(rowCount: table.rowCount, data: name)
  }

  func predict(_ row: Row) throws -> [String: Double] {
    ["twice": (row["amount"]?.number ?? .nan) * factor]
  }
}

/// A server over a folder with a manifest, on a free port of the loopback.
final class SampleServer {
  private let server: Server
  private let runner: Thread
  private let ending = Locked(false)
  private let ended = DispatchSemaphore(value: 0)
  let store: ModelStore
  var port: Int { server.port }

  convenience init(
    _ model: SampleModel = SampleModel(),
    _ change: (inout ServerConfiguration) -> Void = { _ in }
  ) throws {
    let folder = try ModelFolder()
    try self.init(
      store: ModelStore(places: { ModelPlaces(champion: folder.path) }) { _ in model }, change)
  }

  init(store: ModelStore, _ change: (inout ServerConfiguration) -> Void = { _ in }) throws {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.name = "sample"
    configuration.logDescriptor = open("/dev/null", O_WRONLY)
    change(&configuration)
    self.store = store
    let server = try Server(configuration, store: store)
    self.server = server
    let (ending, ended) = (ending, ended)
    runner = Thread {
      server.run { ending.change { $0 } }
      ended.signal()
    }
    runner.start()
  }

  /// Ends the server as a signal does, and waits.
  func end() {
    ending.change { $0 = true }
    ended.wait()
    ended.signal()
  }

  deinit { end() }

  /// Sends bytes as they are, and returns all that comes until the server closes.
  func raw(_ text: String) throws -> String {
    let connection = try RawConnection(port: port)
    try connection.send(text)
    return try connection.rest()
  }

  /// Asks once, on a connection of its own.
  func ask(
    _ method: String, _ target: String, _ body: String? = nil, headers: [String] = []
  ) throws -> Answer {
    try Answer.ask(port: port, method, target, body, headers: headers)
  }
}

/// A folder that looks like a model's.
final class ModelFolder: Sendable {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  init() throws {
    folder = try TemporaryFolder()
    try write("one")
  }

  /// Changes the folder's only file and its manifest.
  func write(_ text: String) throws {
    try folder.write(text, to: "model")
    let manifest = try Manifest(
      describing: folder.path, task: "sample", inputs: [], mlcoreVersion: "0")
    try folder.write(manifest.encoded(), to: Manifest.fileName)
  }
}
