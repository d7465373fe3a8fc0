// What lies in a folder in the place of a plain file is refused before it is read.
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct PlainFileTests {
  /// A folder with a file of its own and a manifest.
  private func makeFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Array("model".utf8), to: "run/model/churn")
    let manifest = try Manifest(
      describing: folder.appending("run"), task: "churn", inputs: [], mlcoreVersion: "1")
    try folder.write(manifest.encoded(), to: "run/\(Manifest.fileName)")
    return folder
  }

  private func error(_ folder: TemporaryFolder) -> StorageError? {
    do {
      try Manifest.verify(folder: folder.appending("run"))
      return nil
    } catch { return error as? StorageError }
  }

  @Test(arguments: ["model/churn", Manifest.fileName])
  func `a pipe in a file's place is refused without waiting for its other end`(name: String) throws
  {
    let folder = try makeFolder()
    let path = folder.appending("run/\(name)")
    unlink(path)
    #expect(mkfifo(path, 0o600) == 0)
    #expect(error(folder) == .notPlain(file: path, found: "a pipe"))
    #expect(error(folder)?.kind == .corrupt)
  }

  @Test(arguments: ["model/churn", Manifest.fileName])
  func `a link to a device is refused`(name: String) throws {
    let folder = try makeFolder()
    let path = folder.appending("run/\(name)")
    unlink(path)
    #expect(symlink("/dev/zero", path) == 0)
    #expect(error(folder) == .notPlain(file: path, found: "a device"))
  }

  @Test func `a link may lead to a file of the folder, but not out of it`() throws {
    let folder = try makeFolder()
    let path = folder.appending("run/model/churn")
    #expect(rename(path, folder.appending("elsewhere")) == 0)
    #expect(symlink("../../elsewhere", path) == 0)
    guard case .outside(path, _) = error(folder) else {
      Issue.record("\(String(describing: error(folder)))")
      return
    }
    #expect(error(folder)?.kind == .corrupt)
    // The folder itself may have any number of names.
    #expect(unlink(path) == 0 && rename(folder.appending("elsewhere"), path) == 0)
    #expect(symlink("run", folder.appending("other")) == 0)
    try Manifest.verify(folder: folder.appending("other"))
  }

  @Test func `a file that is longer than the manifest says is not read`() throws {
    let folder = try makeFolder()
    #expect(truncate(folder.appending("run/model/churn"), 1 << 33) == 0)
    #expect(
      error(folder)
        == .corrupt(
          file: folder.appending("run/model/churn"), item: "size", found: "\(1 << 33)",
          expected: "5"))
    #expect(throws: StorageError.tooLong(file: "/dev/zero", size: 1 << 20, limit: 100)) {
      try PlainFile.readAny("/dev/zero", limit: 100)
    }
    #expect(truncate(folder.appending("run/\(Manifest.fileName)"), 1 << 33) == 0)
    guard case .tooLong = error(folder) else {
      Issue.record("\(String(describing: error(folder)))")
      return
    }
  }
}
