// Files as the rooms above Storage read, fill and lock them.
import Foundation
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct FilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `so many bytes of a file are read, or those that there are`() throws {
    let path = folder.appending("a")
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
    try Data(bytes).write(to: URL(filePath: path))
    for (count, expected) in [(0, 0), (5, 5), (3_000_000, 3_000_000), (3_000_001, 3_000_000)] {
      let read = try FileSystem.withFile(path, flags: O_RDONLY, operation: .open) {
        try FileSystem.read(count, of: $0, path: path)
      }
      #expect(read == Array(bytes.prefix(expected)), "\(count)")
    }
  }

  @Test func `a file that cannot be filled leaves what was there, and nothing beside it`() throws {
    let path = folder.appending("a")
    try FileSystem.fill(path) { descriptor in
      try Array("old".utf8).withUnsafeBytes {
        try FileSystem.write($0, to: descriptor, path: path)
      }
    }
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(throws: CocoaError.self) {
      try FileSystem.fill(path) { _ in throw CocoaError(.fileWriteUnknown) }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try FileSystem.names(in: FileSystem.parent(of: path)) == ["a"])
  }

  @Test func `one at a time has the lock of a file`() throws {
    let path = folder.appending("lock")
    let inside = Locked(0)
    let threads = (0..<8).map { _ in
      Background {
        try FileSystem.whileLocked(path, flags: O_RDWR | O_CREAT) {
          let others = inside.change { count in
            count += 1
            return count
          }
          sched_yield()
          inside.change { $0 -= 1 }
          return others
        }
      }
    }
    for thread in threads { #expect(try thread.value() == 1) }
  }
}
