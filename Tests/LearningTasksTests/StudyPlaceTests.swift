// Where the study of a search is kept when it has ended.
import Foundation
import TestSupport
import Testing

@testable import LearningTasks

@Suite(.onOwnThread) struct StudyPlaceTests {
  @Test func `a study is kept on the same disk and on another one`() throws {
    for root in ["/dev/shm", FileManager.default.temporaryDirectory.path] {
      let unfinished = "\(root)/mlcore-study-\(UUID().uuidString)"
      let target = FileManager.default.temporaryDirectory.appending(
        path: "study-\(UUID().uuidString).sqlite"
      ).path
      defer {
        try? FileManager.default.removeItem(atPath: unfinished)
        try? FileManager.default.removeItem(atPath: target)
      }
      try FileManager.default.createDirectory(
        atPath: unfinished, withIntermediateDirectories: true)
      let bytes = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      try bytes.write(to: URL(filePath: "\(unfinished)/study.sqlite"))
      try StudyPlace(folder: unfinished).keep(as: target)
      #expect(FileManager.default.contents(atPath: target) == bytes)
      #expect(!FileManager.default.fileExists(atPath: unfinished))
    }
  }
}
