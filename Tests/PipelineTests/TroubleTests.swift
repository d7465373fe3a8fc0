// What must not be lost, and what must not stop the loop: odd names, other file systems, files that
// somebody changed.
import Foundation
import Glibc
import LoopContract
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct TroubleTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  @Test func `names are cut to bytes in whole characters`() {
    #expect(
      Disk.beginning(of: "abc", bytes: 3) == "abc" && Disk.beginning(of: "abc", bytes: 2) == "ab")
    #expect(
      Disk.beginning(of: "aéb", bytes: 2) == "a" && Disk.beginning(of: "aéb", bytes: 3) == "aé")
    #expect(Disk.end(of: "aéb", bytes: 2) == "b" && Disk.end(of: "aéb", bytes: 3) == "éb")
    #expect(Disk.end(of: "", bytes: 3) == "" && Disk.end(of: "日本", bytes: 100) == "日本")
  }

  @Test func `the longest names of many bytes are taken in, predicted and quarantined`() throws {
    let long = String(repeating: "é", count: 125)
    try test.drop("a.csv", "labelled\n1\n")
    // Written in place, as a hidden name would be too long.
    try Data("unlabelled\n1\n".utf8).write(to: URL(filePath: "\(test.home.inbox)/\(long).csv"))
    try Data("refused\n2\n".utf8).write(to: URL(filePath: "\(test.home.inbox)/x\(long).csv"))
    try test.run(FakeSteps())
    let status = try test.records().status()
    #expect(status.files == ["ingested": 2, "duplicate": 0, "quarantined": 1])
    #expect(status.predictions == 1 && status.inbox == 0)
    #expect(try test.records().quarantined().first?.path != nil)
  }

  @Test func `a name that is not UTF-8 becomes one, and the file is taken in`() throws {
    let path = Array("\(test.home.inbox)/caf".utf8) + [0xe9] + Array(".csv".utf8) + [0]
    let descriptor = path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { pointer in
      pointer.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o600) } ?? -1
    }
    try #require(descriptor >= 0)
    _ = write(descriptor, "labelled\n1\n", 11)
    close(descriptor)
    let lines = try test.run(FakeSteps())
    #expect(lines.contains { $0.contains("renamed") && $0.contains("caf%E9.csv") }, "\(lines)")
    #expect(try test.records().status().files["ingested"] == 1)
    #expect(SkippedFiles.escaped([0x61, 0xff, 0x0a]) == "a%FF\n")
  }

  @Test func `two names that Unicode calls the same are two files`() throws {
    // One of them ends in the middle of a line.
    try Disk.replace("\(test.home.inbox)/\u{e9}.csv", with: "labelled\n1")
    try Disk.replace("\(test.home.inbox)/e\u{301}.csv", with: "labelled\n2\n")
    try test.run(FakeSteps())
    #expect(
      try test.records().status().files == ["ingested": 1, "duplicate": 0, "quarantined": 1])
  }

  @Test func `what is passed over is said once`() throws {
    try test.drop("a.xlsx", "?")
    try test.drop("b.csv.gz", "?")
    try test.drop("_SUCCESS", "")
    try test.drop("c.csv.tmp", "half")
    mkfifo("\(test.home.inbox)/pipe.csv", 0o600)
    symlink("/etc/passwd", "\(test.home.inbox)/link.csv")
    let lines = Lines()
    let loop = try Loop(home: test.home, configuration: TestHome.quick, steps: FakeSteps()) {
      lines.add($0)
    }
    let thread = BackgroundThread { try? loop.run(once: false) }
    // Each makes the loop look again.
    for number in 0..<3 {
      try test.drop("\(number).csv", "labelled\n\(number)\n")
      try wait(for: "file \(number)") {
        try test.records().status().files["ingested"] == number + 1
      }
    }
    loop.stop()
    thread.join()
    let passed = lines.all.filter { $0.hasPrefix("passed over") }
    #expect(passed.count == 4, "\(passed)")
    for word in ["a.xlsx", "b.csv.gz", "a named pipe", "a link"] {
      #expect(passed.contains { $0.contains(word) }, "\(word): \(passed)")
    }
  }

  @Test func `a link in the inbox's place is refused, and what it leads to is left alone`() throws {
    let other = test.surroundings.appending("other")
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    chmod(other, 0o755)
    try FileManager.default.removeItem(atPath: test.home.inbox)
    symlink(other, test.home.inbox)
    #expect(
      throws: PipelineError.system(.list, path: test.home.inbox, errorNumber: ENOTDIR)
    ) { try test.run(FakeSteps()) }
    var status = stat()
    #expect(stat(other, &status) == 0 && status.st_mode & 0o777 == 0o755)
  }

  @Test func `a copy on another file system is whole`() throws {
    let other = "/dev/shm/mlcore-\(UUID().uuidString)"
    defer { Disk.remove(other) }
    let source = "\(test.folder)/tree"
    try FileManager.default.createDirectory(
      atPath: "\(source)/deep/er", withIntermediateDirectories: true)
    let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try bytes.write(to: URL(filePath: "\(source)/deep/er/file"))
    try Disk.makeFolder(other)
    try Disk.link("\(source)/deep/er/file", to: "\(other)/file")
    try Disk.link("\(source)/deep/er/file", to: "\(other)/file")
    try Disk.move(source, to: "\(other)/tree")
    for path in ["\(other)/file", "\(other)/tree/deep/er/file"] {
      #expect(FileManager.default.contents(atPath: path) == bytes)
    }
    #expect(!FileManager.default.fileExists(atPath: source))
    #expect(try Disk.names(in: other) == ["file", "tree"])
  }

  @Test func `stored bytes that were changed or removed stop a training until they are back`()
    throws
  {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    let object = "\(test.home.objects)/" + (try #require(test.files(test.home.objects).first))
    for isGone in [false, true] {
      if isGone {
        unlink(object)
      } else {
        try "labelled\n2\n".write(toFile: object, atomically: true, encoding: .utf8)
      }
      try test.drop("b\(isGone).csv", "labelled\n3\(isGone)\n")
      #expect(
        throws: PipelineError.lostObject(path: object, name: "a.csv", isGone: isGone)
      ) { try test.run(steps) }
      // The same file, dropped again, is the way out.
      try test.drop("again.csv", "labelled\n1\n")
      try test.run(steps)
      #expect(try test.text(object) == "labelled\n1\n")
    }
    #expect(try test.records().status().untrained == 0)
  }

  @Test func `times that are no times are identities all the same`() throws {
    for seconds in [Int.max, Int.min, 13_569_465_600] {
      var status = stat()
      status.st_mtim.tv_sec = seconds
      let identity = Disk.Identity(status)
      status.st_mtim.tv_sec = seconds &- 1
      #expect(identity != Disk.Identity(status))
      let stamp = RemoteStamp(size: 1, modified: seconds, tag: "t")
      #expect(Disk.Identity(stamp) == Disk.Identity(stamp))
    }
    try test.drop("a.csv", "labelled\n1\n")
    let year2400 = timeval(tv_sec: 13_569_465_600, tv_usec: 0)
    #expect(utimes("\(test.home.inbox)/a.csv", [year2400, year2400]) == 0)
    try test.run(FakeSteps())
    #expect(try test.records().status().files["ingested"] == 1)
  }

  @Test func `files that do not fit as steps need them wait, and the others are taken`() throws {
    let steps = FakeSteps()
    let full = PipelineError.system(.write, path: "/x", errorNumber: ENOSPC)
    // All together, and then the first one alone.
    steps.examiningFault.withLock { $0 = [full, full] }
    try test.drop("a.csv", "labelled\nlarger\n")
    try test.drop("b.csv", "labelled\n2\n")
    #expect(
      throws: PipelineError.system(
        .store, path: "\(test.home.inbox)/a.csv", errorNumber: ENOSPC)
    ) { try test.run(steps) }
    #expect(try test.records().status().files["ingested"] == 1)
    #expect(try test.files(test.home.inbox) == ["a.csv"])
    try test.run(steps)
    #expect(try test.records().status().files["ingested"] == 2)
  }

  @Test func `what is old is removed, and metrics are written, also where nothing can be taken in`()
    throws
  {
    let steps = FakeSteps()
    let fault = PipelineError.step(StepFailure(kind: .system, facts: "no memory", advice: "wait"))
    steps.examiningFault.withLock { $0 = [fault] }
    try test.home.makeFolders()
    let old = "\(test.home.quarantine)/old.csv"
    try Data("x".utf8).write(to: URL(filePath: old))
    let longAgo = timeval(tv_sec: 1_000, tv_usec: 0)
    #expect(utimes(old, [longAgo, longAgo]) == 0)
    try test.drop("a.csv", "labelled\n1\n")
    #expect(throws: fault) { try test.run(steps) }
    #expect(!Disk.exists(old))
    #expect(try test.text(test.home.metrics).contains("mlcore_"))
  }

  @Test func `a step that somebody ended is tried again before its file is blamed`() throws {
    let steps = FakeSteps()
    let killed = PipelineError.stepEnded(step: "examine", how: "was ended by signal 9")
    steps.examiningFault.withLock { $0 = [killed, killed] }
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    #expect(try test.records().status().files["ingested"] == 1)
    steps.examiningFault.withLock { $0 = [killed, killed, killed] }
    try test.drop("b.csv", "labelled\n2\n")
    try test.run(steps)
    #expect(try test.records().status().files["quarantined"] == 1)
  }

  @Test func `a run that something is in the way of goes on under its number`() throws {
    let steps = FakeSteps()
    let full = PipelineError.system(.write, path: "/x", errorNumber: ENOSPC)
    steps.trainingFault.withLock { $0 = [full, full] }
    try test.drop("a.csv", "labelled\n1\n")
    let lines = Lines()
    let loop = try Loop(home: test.home, configuration: TestHome.quick, steps: steps) {
      lines.add($0)
    }
    let thread = BackgroundThread { try? loop.run(once: false) }
    try wait(for: "a champion") { try test.records().status().aliases["champion"] != nil }
    loop.stop()
    thread.join()
    #expect(try test.records().status().runs.map(\.state) == ["promoted"])
    #expect(lines.all.count { $0.hasPrefix("problem") } == 1, "\(lines.all)")
    #expect(lines.all.count { $0.contains("run 1: training") } == 1, "\(lines.all)")
  }

  @Test func `instants are read as they are written`() {
    for seconds in [0, 1.5, 951_782_399.25, 1_795_260_000.125] {
      #expect(Timestamp.seconds(Timestamp.text(seconds)) == seconds)
    }
    #expect(Timestamp.seconds("yesterday") == nil)
  }

  @Test func `one lost file does not keep others from being predicted`() throws {
    let steps = FakeSteps()
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps)
    let object = "\(test.home.objects)/" + (try #require(test.files(test.home.objects).first))
    try test.drop("v.csv", "unlabelled\n2\n")
    try test.drop("a.csv", "labelled\n1\n")
    unlink(object)
    #expect(throws: PipelineError.lostObject(path: object, name: "u.csv", isGone: true)) {
      try test.run(steps)
    }
    #expect(steps.calls.withLock(\.predicted) == ["v.csv"])
  }

  @Test func `a prediction that is gone is told, and not made again`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(steps)
    let name = try #require(test.files(test.home.predictions).first)
    #expect(try !test.run(steps).contains { $0.contains("gone") })
    unlink("\(test.home.predictions)/\(name)")
    let lines = try test.run(steps)
    let champion = try #require(test.records().status().aliases["champion"]?.version)
    #expect(
      lines.contains {
        $0.hasPrefix("gone from predictions by \(champion): \(name); restore it")
      }, "\(lines)")
    #expect(steps.calls.withLock(\.predicted) == ["u.csv"])
  }

  @Test func `a model in service whose folder is gone is told where nothing is to be done`() throws
  {
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(FakeSteps())
    let folder = try #require(test.records().status().aliases["champion"]?.path)
    let away = "\(test.folder)/away"
    #expect(rename(folder, away) == 0)
    #expect(throws: PipelineError.lostModel(folder: folder, isInService: true)) {
      try test.run(FakeSteps())
    }
    #expect(rename(away, folder) == 0)
    try test.run(FakeSteps())
  }

  @Test func `a run that damage is in the way of is not given up`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    for error in [
      PipelineError.damaged(path: "/x", found: "less"), .noKey(path: "/x"),
      .otherKey(path: "/x", found: "1", expected: "2"),
    ] {
      steps.trainingFault.withLock { $0 = [error] }
      // The first attempt may be the last of a run that ends when nothing is left to do.
      do { try test.run(steps) } catch let found as PipelineError { #expect(found == error) }
    }
    try test.run(steps)
    let states = try test.records().status().runs.map(\.state)
    #expect(states.first == "promoted" && !states.contains("failed"), "\(states)")
  }

  @Test func `files of the same name in two folders are both predicted, and both kept`() throws {
    let folder = test.surroundings.appending("source")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var configuration = TestHome.quick
    configuration.watching.folders = [folder]
    // The loop itself keeps everything: only the commands below remove what is a second old.
    var strict = configuration
    strict.retention.predictions = 0
    strict.retention.objects = 0
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    for (name, own, other) in [("u.csv", "1", "2"), ("same.csv", "3", "3")] {
      try test.drop(name, "unlabelled\n\(own)\n")
      try Data("unlabelled\n\(other)\n".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    try test.run(steps, configuration)
    #expect(steps.calls.withLock { $0.predicted.sorted() } == ["same.csv", "u.csv", "u.csv"])
    Thread.sleep(forTimeInterval: 1.1)
    let records = try HomeRecords(home: test.home, configuration: strict)
    #expect(try records.collectGarbage(isDryRun: true).allSatisfy { $0.kind != "prediction" })
    #expect(try test.files(test.home.predictions).count == 3)
    // A newer file replaces that of its own folder only.
    try test.drop("u.csv", "unlabelled\n4\n")
    try test.run(steps, configuration)
    Thread.sleep(forTimeInterval: 1.1)
    _ = try records.collectGarbage(isDryRun: false)
    let predicted = try test.files(test.home.predictions).map {
      try test.text("\(test.home.predictions)/\($0)").split(separator: "\n").last ?? ""
    }
    #expect(predicted.sorted() == ["2", "3", "4"])
    let objects = try test.files(test.home.objects).map {
      try test.text("\(test.home.objects)/\($0)").replacing("\n", with: " ")
    }
    #expect(objects.sorted() == ["labelled 1 ", "unlabelled 2 ", "unlabelled 3 ", "unlabelled 4 "])
  }
}
