// Steps that know nothing but text: a file says itself what it is, a model is the list of its files.
import Foundation
import LoopContract
import PipelineSecurity
import Storage
import Synchronization
import TestSupport

@testable import Pipeline

/// Steps in this process, quick and predictable.
///
/// The first line of a file is its role: `labelled`, `unlabelled`, or `refused`; `background` is
/// labelled and for every training; `odd` is refused unless somebody has released it; `crash` ends the
/// step as a process would that is killed.
final class FakeSteps: PipelineSteps {
  struct Calls {
    var trainings: [[String]] = []
    var examined = 0
    var predicted: [String] = []
    var delivered: [String] = []
  }

  let calls = Mutex(Calls())
  /// The metrics of a trained model.
  let metrics = Mutex<[String: Double]>(["auc": 0.8])
  /// What training does instead of succeeding.
  let trainingFault = Mutex<[any Error & Sendable]>([])
  /// What a delivery does instead of succeeding.
  let deliveryFault = Mutex<[any Error & Sendable]>([])
  /// What examining does instead of succeeding.
  let examiningFault = Mutex<[any Error & Sendable]>([])
  /// How long training takes.
  let delay: Duration

  init(delay: Duration = .zero) { self.delay = delay }

  func answer(_ request: StepRequest, log: String?) throws -> StepAnswer {
    switch request {
    case .examine(let files, _, _):
      let texts = try files.map { try String(contentsOfFile: $0.path, encoding: .utf8) }
      if texts.contains(where: { $0.hasPrefix("crash") }) {
        throw PipelineError.stepEnded(step: "examine", how: "was ended by signal 11")
      }
      if let fault = examiningFault.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
        throw fault
      }
      calls.withLock { $0.examined += files.count }
      return .examined(
        zip(files, texts).map { file, text in
          guard text.hasPrefix("odd "), file.isReleased == true else {
            return Self.examination(text)
          }
          return Self.examination(String(text.dropFirst(4)))
        })
    case .train(let training):
      let files = training.files
      if let fault = trainingFault.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw fault }
      calls.withLock { $0.trainings.append(files.map(\.name)) }
      if delay > .zero {
        Thread.sleep(
          forTimeInterval: Double(delay.components.seconds) + Double(delay.components.attoseconds)
            * 1e-18)
      }
      let all = files.map(\.sha256).sorted().joined(separator: "\n")
      try Data(all.utf8).write(to: URL(filePath: "\(training.candidate)/model"))
      let version = String(ObjectDigest.of(all).prefix(12))
      return .trained(
        TrainedCandidate(
          version: version, rows: files.count, metrics: metrics.withLock(\.self)))
    case .judge(let candidate, _, _, _):
      try Data("{}".utf8).write(to: URL(filePath: "\(candidate)/gate.json"))
      let model = try String(contentsOfFile: "\(candidate)/model", encoding: .utf8)
      let isPoisoned = model.contains(ObjectDigest.of("labelled\npoison\n"))
      return .judged(
        Verdict(passes: !isPoisoned, objections: isPoisoned ? ["poison"] : [], metrics: [:]))
    case .predict(let model, let files, let outputs):
      for (file, output) in zip(files, outputs) {
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        try Data("\((model as NSString).lastPathComponent)\n\(text)".utf8)
          .write(to: URL(filePath: output), options: .atomic)
        calls.withLock { $0.predicted.append(file.name) }
      }
      return .predicted(files.map { _ in PredictedFile(rows: 1) })
    case .deliver(let model):
      if let fault = deliveryFault.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw fault }
      calls.withLock { $0.delivered.append((model as NSString).lastPathComponent) }
      return .delivered
    }
  }

  func stop() {}

  private static func examination(_ text: String) -> Examination {
    let rows = text.split(separator: "\n").count - 1
    let name = String(text.prefix { $0 != "\n" })
    if name == "background" { return Examination(role: .labelled, isBackground: true, rows: rows) }
    guard let role = Examination.Role(rawValue: name) else {
      return Examination(
        role: .refused, rows: 0, problems: [Finding(code: "schema", message: "no role")])
    }
    return Examination(
      role: role, rows: rows,
      problems: role == .refused ? [Finding(code: "values", message: "bad rows")] : [])
  }
}

/// The SHA-256 of a text, by the same code as the audit log.
enum ObjectDigest {
  static func of(_ text: String) -> String { AuditRecord.chainHash(text) }
}

/// A home that vanishes with the test.
final class TestHome {
  /// Holds the home, and has room for folders beside it.
  let surroundings: TemporaryFolder
  let folder: String
  let home: LoopDirectory

  init() throws {
    surroundings = try TemporaryFolder()
    folder = surroundings.appending("home")
    home = try LoopDirectory.create(folder, configuration: "")
  }

  /// Settings under which nothing waits.
  static var quick: PipelineConfiguration {
    var configuration = PipelineConfiguration()
    configuration.watching.settle = 0
    configuration.watching.patience = 0
    configuration.training.gather = 0
    return configuration
  }

  /// Drops a file as writers should: under another name first.
  func drop(_ name: String, _ text: String) throws {
    let url = URL(filePath: "\(home.inbox)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let temporary = url.deletingLastPathComponent().appending(path: ".\(UUID().uuidString)")
    try Data(text.utf8).write(to: temporary)
    guard rename(temporary.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Runs a loop until nothing is left to do, and returns what it said.
  @discardableResult
  func run(
    _ steps: FakeSteps, _ configuration: PipelineConfiguration = TestHome.quick
  ) throws -> [String] {
    let lines = Lines()
    try Loop(home: home, configuration: configuration, steps: steps) { lines.add($0) }
      .run(once: true)
    return lines.all
  }

  func records() throws -> HomeRecords {
    try HomeRecords(home: home, configuration: TestHome.quick)
  }

  /// The names of all files below a folder of the home, without those that begin with a point.
  func files(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }

  func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}

/// Lines that several threads say.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock(\.self) }
}
