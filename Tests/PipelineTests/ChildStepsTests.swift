// Steps in processes of their own, played by a shell.
import Foundation
import LoopContract
import Storage
import Synchronization
import TestSupport
import Testing
import Texts

@testable import Pipeline

@Suite(.onOwnThread) struct ChildStepsTests {
  private static let request = StepRequest.examine(files: [], champion: nil, first: nil)
  private static let answer = #"{"examined":{"_0":[]}}"#

  private let folder: TemporaryFolder
  /// What a child writes.
  private var file: String { folder.appending("child") }

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ script: String) -> ChildSteps {
    ChildSteps(executable: "/bin/sh", arguments: ["-c", script])
  }

  @Test func `a child answers one question after the other`() throws {
    let steps = shell("echo started >> \(file); while read line; do echo '\(Self.answer)'; done")
    for _ in 0..<3 {
      #expect(try steps.answer(Self.request, log: nil) == .examined([]))
    }
    steps.stop()
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "started\n")
    #expect(throws: PipelineError.stopped) { try steps.answer(Self.request, log: nil) }
  }

  @Test func `a child that dies is told by how it ended`() {
    for (script, how) in [
      ("read line; kill -9 $$", "was ended by signal 9"),
      ("read line; exit 7", "ended with code 7 and no answer"),
      ("exit 3", "ended with code 3 and no answer"),
      ("read line; echo nonsense", "ended with code 0 and no answer"),
    ] {
      let steps = shell(script)
      #expect(throws: PipelineError.stepEnded(step: "examine", how: how), "\(script)") {
        try steps.answer(Self.request, log: nil)
      }
    }
  }

  @Test func `a child that died while it waited is replaced`() throws {
    let steps = shell("echo $$ >\(file); read line; echo '\(Self.answer)'; exit 1")
    for _ in 0..<3 {
      #expect(try steps.answer(Self.request, log: nil) == .examined([]))
      let child = try String(contentsOfFile: file, encoding: .utf8).dropLast()
      try wait(for: "the end of the child") {
        let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        return stat?.contains(") Z") ?? true
      }
    }
    steps.stop()
  }

  @Test func `a step that says no keeps its words`() {
    let failure = StepFailure(kind: .data, facts: "one class", advice: "add rows")
    let steps = shell(
      #"read line; echo '{"failed":{"_0":{"kind":"data","facts":"one class","advice":"add rows"}}}'"#
    )
    #expect(throws: PipelineError.step(failure)) { try steps.answer(Self.request, log: nil) }
    steps.stop()
  }

  @Test func `questions and answers are the same on the other side`() throws {
    var file = StepFile(path: "/o/a", name: "a.csv", sha256: "00", order: "11")
    file.isReleased = true
    let training = TrainingRequest(
      files: [file], candidate: "/c", work: "/w", champion: "/m", newest: "/n", unfinished: "/u")
    for request in [
      StepRequest.examine(files: [file], champion: nil, first: file), .train(training),
      .judge(candidate: "/c", work: "/w", champion: nil, comparisons: 3),
      .predict(model: "/m", files: [file], outputs: ["/p"]), .deliver(model: "/m"),
    ] {
      let question = try JSONEncoder().encode(StepQuestion(request: request, log: "/l"))
      let read = try JSONDecoder().decode(StepQuestion.self, from: question)
      #expect(read.request == request && read.log == "/l")
      #expect(read.version == ContractVersion.current)
    }
    var odd = Examination(
      role: .labelled, rows: 2, problems: [Finding(code: "drift", column: "x", message: "m")],
      drift: ["x": 0.5])
    odd.downgradeProblems()
    #expect(odd.problems.isEmpty && odd.warnings.map(\.code) == ["drift"])
    let candidate = TrainedCandidate(
      version: "v", rows: 1, metrics: ["auc": 0.5], continuesChampion: true)
    for answer in [StepAnswer.examined([odd]), .trained(candidate), .delivered] {
      let text = try JSONEncoder().encode(answer)
      #expect(try JSONDecoder().decode(StepAnswer.self, from: text) == answer)
    }
  }

  @Test func `columns whose names differ by their composition drift apart, in answers too`() throws
  {
    let (composed, decomposed) = (ByteText("\u{E9}"), ByteText("e\u{301}"))
    let found = Examination(role: .labelled, rows: 2, drift: [composed: 0.5, decomposed: 0.25])
    let read = try JSONDecoder().decode(
      Examination.self, from: JSONEncoder().encode(found))
    #expect(read == found && read.drift == [composed: 0.5, decomposed: 0.25])
    let usual = Examination(role: .labelled, rows: 2, drift: ["x": 0.5])
    let text = String(decoding: try JSONEncoder().encode(usual), as: UTF8.self)
    #expect(text.contains(#""drift":{"x":0.5}"#), "\(text)")
  }

  @Test func `a child answers no loop of another version of the contract`() throws {
    let question = #"{"version":0,"request":{"something":{}}}"#
    let answer = try StepServer.answer(to: Array(question.utf8)) { _ in .delivered }
    guard case .failed(let failure) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(failure.kind == .system && failure.facts.contains("version 0"))
  }

  @Test func `a busy child is stopped`() throws {
    let steps = shell("read line; touch \(file); exec sleep 100")
    let error = Mutex<(any Error)?>(nil)
    let thread = BackgroundThread {
      do { _ = try steps.answer(Self.request, log: nil) } catch let caught {
        error.withLock { $0 = caught }
      }
    }
    try wait(for: "the child") { FileManager.default.fileExists(atPath: file) }
    steps.stop()
    thread.join()
    #expect(error.withLock { $0 as? PipelineError } == .stopped)
  }

  @Test func `a program that is not there is an error of the system`() {
    let steps = ChildSteps(executable: "/nowhere/program", arguments: [])
    #expect(
      throws: PipelineError.system(.start, path: "/nowhere/program", errorNumber: ENOENT)
    ) { try steps.answer(Self.request, log: nil) }
  }
}
