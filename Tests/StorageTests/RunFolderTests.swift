// A run folder is complete or absent, whatever happens while it is built.

import Foundation
import Glibc
import Storage
import Synchronization
import TestSupport
import Testing

@Suite(.onOwnThread) struct RunFolderTests {
  private let folder: TemporaryFolder
  private var target: String { folder.appending("run") }

  init() throws { folder = try TemporaryFolder() }

  private func commit(_ text: String, to path: String, force: Bool = false) throws {
    let run = try RunFolder(target: path, force: force)
    try run.write(Array(text.utf8), to: "model/first")
    try run.write(Array(text.utf8), to: "second")
    try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
  }

  @Test func `a committed folder is whole and leaves nothing beside it`() throws {
    let run = try RunFolder(target: target)
    try run.write([1, 2], to: "model/a/churn.safetensors")
    try Data([3]).write(to: URL(filePath: run.location(of: "deep/er/file")))
    #expect(try folder.names() == [".run.partial-\(getpid())"])
    let manifest = try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
    #expect(try folder.names() == ["run"])
    #expect(try Manifest.verify(folder: target) == manifest)
    #expect(try readBytes(target + "/model/a/churn.safetensors") == [1, 2])
    run.cancel()
    try Manifest.verify(folder: target)
  }

  @Test func `a cancelled folder leaves nothing`() throws {
    let run = try RunFolder(target: folder.appending("new/parents/run"))
    try run.write([1], to: "model/file")
    run.cancel()
    #expect(try folder.names() == [])
    #expect(throws: StorageError.cancelled(path: run.target)) { try run.write([1], to: "x") }
    #expect(throws: StorageError.cancelled(path: run.target)) { try run.location(of: "x") }
    #expect(throws: StorageError.cancelled(path: run.target)) {
      try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
    }
    #expect(try folder.names() == [])
  }

  @Test func `a forgotten folder leaves nothing`() throws {
    do {
      let run = try RunFolder(target: target)
      try run.write([1], to: "file")
    }
    #expect(try folder.names() == [])
  }

  @Test func `parents that were there stay after a cancelled run`() throws {
    try folder.write([], to: "parents/other")
    try RunFolder(target: folder.appending("parents/new/run")).cancel()
    #expect(try folder.names(in: "parents") == ["other"])
  }

  @Test(arguments: ["run/", "./run", "run//", "../\("x")/../run"])
  func `a target is written where its path leads`(name: String) throws {
    try folder.write([], to: "x/here")
    try commit("text", to: folder.appending("x/\(name)"))
    #expect(try readBytes(folder.appending("x/\(name)/second")) == Array("text".utf8))
  }

  @Test func `an existing target is refused and left alone`() throws {
    try commit("old", to: target)
    #expect(throws: StorageError.exists(path: target)) { try RunFolder(target: target) }
    try folder.write([1], to: "file")
    #expect(throws: StorageError.exists(path: folder.appending("file"))) {
      try RunFolder(target: folder.appending("file"))
    }
    #expect(try folder.names() == ["file", "run"])
    try Manifest.verify(folder: target)
  }

  @Test func `force replaces a run folder and an empty one`() throws {
    try commit("old", to: target)
    try commit("new", to: target, force: true)
    #expect(try readBytes(target + "/second") == Array("new".utf8))
    try FileManager.default.createDirectory(
      atPath: folder.appending("empty"), withIntermediateDirectories: false)
    try commit("new", to: folder.appending("empty"), force: true)
    try Manifest.verify(folder: folder.appending("empty"))
    #expect(try folder.names() == ["empty", "run"])
  }

  @Test func `force does not delete what is not a run folder`() throws {
    try folder.write([1], to: "photos/holiday.jpg")
    for path in ["photos", "photos/holiday.jpg"] {
      #expect(throws: StorageError.notARunFolder(path: folder.appending(path))) {
        try RunFolder(target: folder.appending(path), force: true)
      }
    }
    #expect(try folder.names(in: "photos") == ["holiday.jpg"])
  }

  @Test func `a target that appears meanwhile is not replaced`() throws {
    let run = try RunFolder(target: target)
    try run.write([1], to: "file")
    try folder.write([1], to: "run/theirs")
    #expect(throws: StorageError.exists(path: target)) {
      try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
    }
    #expect(try folder.names() == ["run"])
    #expect(try folder.names(in: "run") == ["theirs"])
  }

  @Test func `a failed replacement leaves the old folder`() throws {
    try commit("old", to: target)
    let run = try RunFolder(target: target, force: true)
    try run.write([1], to: "file")
    try FileManager.default.createSymbolicLink(
      atPath: run.location(of: "dangling"), withDestinationPath: "/nowhere")
    #expect(throws: StorageError.self) {
      try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
    }
    #expect(try folder.names() == ["run"])
    try Manifest.verify(folder: target)
  }

  @Test func `a reader never sees half of a replacement`() throws {
    try commit("0", to: target)
    let isDone = Atomic(false)
    let looks = Atomic(0)
    let path = target
    let reader = Background {
      var halves = 0
      while !isDone.load(ordering: .acquiring) {
        if !FileManager.default.fileExists(atPath: path + "/" + Manifest.fileName) { halves += 1 }
        looks.wrappingAdd(1, ordering: .relaxed)
      }
      return halves
    }
    try wait(for: "the reader") { looks.load(ordering: .relaxed) > 0 }
    for round in 1...20 { try commit("\(round)", to: target, force: true) }
    isDone.store(true, ordering: .releasing)
    #expect(try reader.value() == 0)
    #expect(try readBytes(target + "/second") == Array("20".utf8))
  }

  @Test func `what a killed process left is removed at the next start`() throws {
    let dead = 99_999_999
    for name in [
      ".run.partial-\(dead)", ".run.partial-\(getpid())", ".run.partial-\(getppid())",
      ".run.partial-note", ".other.partial-\(dead)",
    ] {
      try folder.write([1], to: "\(name)/model/file")
      try folder.write([], to: "\(name)/.mlcore-partial")
    }
    // Killed before the marker was there, and after it was gone.
    for name in ["a", "b"] { try folder.write([1], to: ".run.partial-\(dead - 1)/\(name)") }
    try folder.write([1], to: ".run.partial-\(dead - 1)/manifest.json")
    try FileManager.default.createDirectory(
      atPath: folder.appending(".run.partial-\(dead - 2)"), withIntermediateDirectories: false)
    try commit("new", to: target)
    // Its own number can only be left from before; the parent lives.
    #expect(
      try folder.names()
        == [
          ".run.partial-\(getppid())", ".run.partial-note", "run",
        ].sorted())
  }

  @Test func `folders of others stay, whatever they are called`() throws {
    let names = [
      ".other.partial-99999999", ".run.partial-99999999", ".run.replaced-99999999",
      ".other.partial-2024",
    ]
    for name in names { try folder.write([1], to: "\(name)/photos/holiday.jpg") }
    try folder.write([1], to: ".other.partial-2024/manifest.json")
    try commit("new", to: target)
    #expect(try folder.names() == (names + ["run"]).sorted())
    for name in names { #expect(try folder.names(in: "\(name)/photos") == ["holiday.jpg"]) }
  }

  @Test func `a folder is marked from its first moment until it is whole`() throws {
    let run = try RunFolder(target: target)
    #expect(try folder.names(in: ".run.partial-\(getpid())") == [".mlcore-partial"])
    try run.write([1], to: "file")
    let manifest = try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
    #expect(Array(manifest.files.keys) == ["file"])
    #expect(try folder.names(in: "run") == ["file", "manifest.json"])
  }

  @Test func `a folder that a killed process had moved away comes back`() throws {
    try commit("old", to: target)
    try FileManager.default.moveItem(
      atPath: target, toPath: folder.appending(".run.replaced-99999999"))
    #expect(throws: StorageError.exists(path: target)) { try RunFolder(target: target) }
    try Manifest.verify(folder: target)
    #expect(try folder.names() == ["run"])
  }

  @Test func `a run in progress is not taken for a dead one`() throws {
    let run = try RunFolder(target: target)
    try run.write([1], to: "file")
    #expect(throws: StorageError.self) { try RunFolder(target: target) }
    try run.commit(task: "churn", inputs: [], mlcoreVersion: "1")
    try Manifest.verify(folder: target)
  }

  @Test func `a full disk is told with the path and what to do`() throws {
    let run = try RunFolder(target: target)
    try FileManager.default.createSymbolicLink(
      atPath: run.location(of: "model"), withDestinationPath: "/dev/full")
    let error = #expect(throws: StorageError.self) { try run.write([1], to: "model") }
    #expect(error == .system(.write, path: run.path + "/model", errorNumber: ENOSPC))
    #expect(error?.description == "cannot write \(run.path)/model: No space left on device")
    #expect(error?.advice.contains("space") == true)
    #expect(error?.kind == .file)
    run.cancel()
    #expect(try folder.names() == [])
  }

  @Test(arguments: ["/sys/mlcore-run", "/sys/a/b/mlcore-run"])
  func `a folder that may not be written to is told`(target: String) {
    let error = #expect(throws: StorageError.self) { try RunFolder(target: target) }
    guard case .system(.create, _, let number) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect([EACCES, EPERM, EROFS].contains(number))
    #expect(error?.advice.contains("may use") == true)
  }

  @Test func `a target below a file, the root and nothing are refused`() throws {
    try folder.write([1], to: "file")
    #expect(throws: StorageError.self) { try RunFolder(target: folder.appending("file/run")) }
    #expect(throws: StorageError.self) { try RunFolder(target: "/") }
    #expect(throws: StorageError.self) { try RunFolder(target: folder.appending("..")) }
    #expect(try folder.names() == ["file"])
  }
}

@Suite(.onOwnThread) struct AtomicFileTests {
  @Test func `a file is written and replaced, with nothing beside it`() throws {
    let folder = try TemporaryFolder()
    for bytes in [[UInt8](repeating: 7, count: 3_000_000), [], [1, 2]] {
      try AtomicFile.write(bytes, to: folder.appending("file"))
      #expect(try readBytes(folder.appending("file")) == bytes)
      #expect(try folder.names() == ["file"])
    }
  }

  @Test func `what a killed process left is removed when the same file is written again`() throws {
    let folder = try TemporaryFolder()
    let dead = 99_999_999
    let kept = [
      ".file.\(dead)-9.mlcore.tmp", ".file.\(getpid())-1.mlcore.tmp",
      ".file.\(getppid()).mlcore.tmp",
      ".file.gz.\(dead)-1.mlcore.tmp", ".file.note.mlcore.tmp", ".other.\(dead)-1.mlcore.tmp",
      ".file.\(dead).tmp",
    ]
    for name in kept + [".file.\(dead).mlcore.tmp", ".file.\(dead)-1.mlcore.tmp"] {
      try folder.write([1], to: name)
    }
    // A process that is not seen may still hold a lock.
    let held = open(folder.appending(kept[0]), O_RDONLY)
    defer { close(held) }
    try #require(flock(held, LOCK_SH) == 0)
    try AtomicFile.write([1], to: folder.appending("file"))
    #expect(try folder.names() == (kept + ["file"]).sorted())
  }

  @Test func `a folder, and a place that is not there, are refused`() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "folder/file")
    #expect(
      throws: StorageError.system(
        .replace, path: folder.appending("folder"), errorNumber: EISDIR)
    ) { try AtomicFile.write([1], to: folder.appending("folder")) }
    #expect(throws: StorageError.self) {
      try AtomicFile.write([1], to: folder.appending("absent/file"))
    }
    #expect(try folder.names() == ["folder"])
    #expect(try folder.names(in: "folder") == ["file"])
  }
}
