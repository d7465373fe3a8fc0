// Where a command may not write.
import Foundation
import Storage
import Tables
import TestSupport
import Testing

@testable import LearningTasks

@Suite(.onOwnThread) struct OutputPlaceTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private func file(_ name: String) throws -> String {
    try temporary.write("x\n1\n", to: name)
  }

  @Test func `what exists is replaced only where that was asked for`() throws {
    let there = try file("a.csv")
    #expect(throws: StorageError.exists(path: there)) {
      try OutputPlace.check(files: ["\(folder)/new.csv", there], replaces: false)
    }
    try OutputPlace.check(files: [there], replaces: true)
    try OutputPlace.check(files: ["-", "\(folder)/new.csv"], replaces: false)
    for other in [folder, "/dev/null"] {
      #expect(throws: StorageError.notAFile(path: other)) {
        try OutputPlace.check(files: [other], replaces: true)
      }
    }
  }

  @Test func `nothing is written over what is read, or into a model`() throws {
    let data = try file("data/a.csv")
    let input = "\(folder)/data"
    for inside in [data, "\(input)/p.csv", "\(folder)/data/../data/p.csv"] {
      #expect(throws: TaskError.outputIsInput(path: inside, input: input)) {
        try OutputPlace.check(files: [inside], inputs: [input], replaces: true)
      }
    }
    let model = "\(folder)/m.csv"
    try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
    for inside in [model, "\(model)/p.csv"] {
      #expect(throws: TaskError.insideModel(path: inside, folder: model)) {
        try OutputPlace.check(files: [inside], model: model, replaces: true)
      }
    }
    // A folder that is replaced would take away what is read in it.
    #expect(throws: TaskError.outputIsInput(path: input, input: data)) {
      try OutputPlace.check(folder: input, inputs: [data])
    }
    try OutputPlace.check(folder: "\(folder)/m", inputs: [data])
  }
}
