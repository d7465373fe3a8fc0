// Whether stored bytes are still what was stored: nothing is learnt from a file that somebody changed.
internal import Glibc
internal import LoopContract
internal import PipelineSecurity
internal import Storage
internal import Synchronization

/// A file whose bytes are in the store.
protocol StoredContent {
  /// The name under which it was dropped.
  var name: String { get }
  var sha256: String { get }
  /// The path of the stored bytes, relative to the folder of objects.
  var object: String { get }
}

extension IngestedFile: StoredContent {}
extension FileRecord: StoredContent {}
extension ScoringJob: StoredContent {}
extension RefusedRecord: StoredContent {}

extension ObjectStore {
  /// A file for a step.
  func stepFile(_ file: some StoredContent) -> StepFile {
    StepFile(path: path(file.object), name: file.name, sha256: file.sha256)
  }
}

/// The stored files that steps are about to read.
///
/// Each is read in full once per process and again when it has changed; otherwise a look at its entry
/// has to do.
final class StoredFiles: Sendable {
  private let store: ObjectStore
  private let checked = Mutex<[String: Disk.Identity]>([:])

  /// Beyond so many remembered files all are read again.
  private static let mostRemembered = 200_000

  init(_ store: ObjectStore) { self.store = store }

  /// Makes sure that files are there, with the content that they were ingested for.
  ///
  /// - Throws: `PipelineError.lostObject` for the first that is not.
  func check(_ files: [some StoredContent]) throws {
    for file in files {
      let path = store.path(file.object)
      guard let status = Disk.status(path), Disk.isFile(status) else {
        throw PipelineError.lostObject(path: path, name: file.name, isGone: true)
      }
      let identity = Disk.Identity(status)
      let before = checked.withLock { $0[file.object] }
      if let before, before.isSameContent(as: identity) { continue }
      guard try store.digest(of: file.object) == file.sha256 else {
        throw PipelineError.lostObject(path: path, name: file.name, isGone: false)
      }
      checked.withLock { checked in
        if checked.count >= Self.mostRemembered { checked.removeAll() }
        checked[file.object] = identity
      }
    }
  }
}

extension ObjectStore {
  /// The SHA-256 of the content of an object, as it is now; with the key for one that is encrypted.
  ///
  /// One that cannot be decrypted has none.
  func digest(of object: String) throws -> String? {
    let path = path(object)
    if object.hasSuffix(EncryptedFile.ending) {
      guard let key else { throw PipelineError.noKey(path: path) }
      do {
        return try key.name(ofFile: path)
      } catch PipelineError.damaged {
        return nil
      }
    }
    let digest = Digest()
    try Disk.withFile(path, flags: O_RDONLY | O_NOFOLLOW, operation: .open) {
      try Disk.read($0, path: path) { digest.update($0) }
    }
    return digest.finish().hexadecimal
  }
}
