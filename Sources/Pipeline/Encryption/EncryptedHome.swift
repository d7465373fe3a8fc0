// The key of a home: which one it is, and that nothing is written with another.
internal import Glibc
internal import PipelineSecurity
internal import Storage

extension LoopDirectory {
  /// Plain copies of encrypted files, as long as a step reads them.
  var plain: String { "\(state)/plain" }
  /// The id of the key that the home is encrypted with; absent where it never was.
  private var keyID: String { "\(state)/key-id" }

  /// Reads the key, and checks that it is that of the home, which remembers the id of its first one.
  ///
  /// - Parameter file: the path of the key file; empty for none.
  /// - Throws: `PipelineError`.
  func key(file: String) throws -> EncryptionKey? {
    let known =
      Disk.exists(keyID) ? String(decoding: try AtomicFile.read(keyID), as: UTF8.self) : nil
    guard !file.isEmpty else {
      if known != nil { throw PipelineError.noKey(path: path) }
      return nil
    }
    let key = try EncryptionKey(file: file)
    if let whole = realpath(file, nil) {
      defer { free(whole) }
      guard !String(cString: whole).hasPrefix("\(path)/") else {
        throw PipelineError.keyFile(
          path: file, found: "a place inside of the home",
          expected: "one outside: a copy of the home would contain the key")
      }
    }
    let id = key.id.hexadecimal
    if let known, known != id {
      throw PipelineError.otherKey(path: path, found: known, expected: id)
    }
    if known == nil { try AtomicFile.write(Array(id.utf8), to: keyID) }
    return key
  }

  /// Where a refused file is put whose stored bytes may be encrypted.
  func quarantined(_ name: String, sha256: String, object: String) -> String {
    quarantined(name, sha256: sha256)
      + (object.hasSuffix(EncryptedFile.ending) ? EncryptedFile.ending : "")
  }

  /// Removes plain copies that a killed loop has left.
  ///
  /// To be called by who holds the lock.
  func removePlain() throws {
    Disk.remove(plain)
    for run in try Disk.names(in: runs) { Disk.remove("\(runs)/\(run)/work") }
  }

  /// Decrypts a file of the home; each piece is written after it was checked.
  ///
  /// - Parameters:
  ///   - file: the path of the file.
  ///   - keyFile: the path of the key file; empty for none.
  ///   - output: a path, where the plain text appears whole or not at all; "-" for standard output.
  /// - Throws: `PipelineError`.
  public func decrypt(_ file: String, keyFile: String, to output: String) throws {
    guard !keyFile.isEmpty else {
      throw try EncryptionKey.isEncrypted(file)
        ? PipelineError.noKey(path: file) : PipelineError.notEncrypted(path: file)
    }
    let key = try EncryptionKey(file: keyFile)
    guard output != "-" else {
      return try key.decrypt(file) {
        try Disk.write($0, to: STDOUT_FILENO, path: "standard output")
      }
    }
    try Disk.fill(output) { descriptor in
      try key.decrypt(file) { try Disk.write($0, to: descriptor, path: output) }
    }
  }
}
