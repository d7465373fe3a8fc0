// What can go wrong in the loop, as facts. The command line adds what to do.
internal import Glibc
public import LoopContract
public import Storage

/// A failure of the loop, its home or one of its steps.
public enum PipelineError: SystemFailure, Equatable {
  /// The system refused an operation on a path, with an `errno`.
  case system(FileOperation, path: String, errorNumber: Int32)
  /// Another process works on the home.
  case locked(home: String)
  /// The folder is not a home.
  case notAHome(path: String)
  /// The folder is a home already.
  case homeExists(path: String)
  /// A folder that is to become a home has other things in it.
  case notEmpty(path: String, found: String)
  /// What keeps a ledger from being used.
  public enum LedgerFault: Sendable {
    /// The disk is full, or does not do what it should.
    case disk
    /// Another process holds it.
    case busy
    /// It may not be written.
    case readOnly
    /// It is not what was written.
    case corrupt
    /// Anything else.
    case other
  }

  /// The ledger refused, in SQLite's words.
  case ledger(path: String, problem: String, LedgerFault)
  /// The ledger is empty, though the audit log has records.
  case lostLedger(path: String, log: String, records: Int64?)
  /// The ledger was written by a newer program.
  case newerLedger(path: String)
  /// A step said no, with its own words.
  case step(StepFailure)
  /// A step's process ended without an answer.
  case stepEnded(step: String, how: String)
  /// The folder of a model is gone.
  case lostModel(folder: String, isInService: Bool)
  /// The stored bytes of a file are gone, or others.
  case lostObject(path: String, name: String, isGone: Bool)
  /// There is no such file in quarantine, or there are several.
  case noSuchFile(name: String, known: [String], isAmbiguous: Bool)
  /// A file cannot be let in, for a reason that no setting changes.
  case notReleased(name: String, why: String)
  /// There is no such version or alias.
  case noSuchVersion(name: String, known: [String])
  /// The gate said no to the version.
  case rejected(version: String, objections: [String])
  /// The version is in service already.
  case inService(version: String)
  /// There is no earlier champion to go back to.
  case noPrevious
  /// A program has had a file of the inbox open for writing for long.
  case openForWriting(path: String)
  /// A training or a prediction ended, and the ledger asks for the same again.
  case noProgress(work: String)
  /// A record of the audit log is not what it was; records count from 1.
  case audit(file: String, record: Int, found: String, expected: String)
  /// Records that were written to the audit log are not there any more.
  case auditMissing(log: String)
  /// The audit log is not what it was; the first of its problems.
  case auditBroken(log: String, problem: String, count: Int)
  /// A key file holds no key, or lies in the wrong place.
  case keyFile(path: String, found: String, expected: String)
  /// Others may read a key file; its mode, in octal digits.
  case openKey(path: String, mode: String)
  /// The home or the file is encrypted, and no key is named.
  case noKey(path: String)
  /// A file that is to be decrypted is not encrypted.
  case notEncrypted(path: String)
  /// The home or the file is encrypted with another key; both by their ids.
  case otherKey(path: String, found: String, expected: String)
  /// An encrypted file has a format that is not read.
  case otherFormat(path: String, found: Int, expected: Int)
  /// An encrypted file is not what it was.
  case damaged(path: String, found: String)
  /// Another system refused, or did not answer, in its words.
  case remote(facts: String, advice: String)
  /// The loop was stopped from outside.
  case stopped

  /// Whether it is about the loop itself, so that the next file or object would fail alike.
  var concernsAll: Bool {
    switch self {
    case .stopped, .ledger: true
    default: false
    }
  }

  /// Whether trying again later may help, without any change of the data.
  var isPassing: Bool {
    switch self {
    case .system, .remote, .ledger, .lostModel, .lostObject: true
    // The file may be restored, or the key named.
    case .damaged, .noKey, .otherKey, .otherFormat: true
    case .step(let failure): failure.kind != .data
    default: false
    }
  }
}

extension PipelineError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .system(let operation, let path, let number):
      "cannot \(operation == .flush ? "force onto the disk" : operation.rawValue) \(path): "
        + String(cString: strerror(number))
    case .locked(let home): "\(home): another process is watching this home"
    case .notAHome(let path): "\(path): this is not a home of the loop: it has no pipeline.toml"
    case .homeExists(let path): "\(path): there is a pipeline.toml already"
    case .notEmpty(let path, let found):
      "\(path): found '\(found)' in it, expected an empty folder or none"
    case .ledger(let path, let problem, _): "\(path): \(problem)"
    case .newerLedger(let path): "\(path): the ledger was written by a newer version of mlcore"
    case .step(let failure): failure.facts
    case .stepEnded(let step, let how): "the process of the step '\(step)' \(how)"
    case .lostLedger(let path, let log, let records):
      "\(path): found an empty ledger, expected the one of the "
        + (records.map { "\($0) records" } ?? "records") + " in \(log)"
    case .lostModel(let folder, isInService: true):
      "\(folder): the model is in service, but its folder is gone"
    case .lostModel(let folder, isInService: false):
      "\(folder): the model is not in service, and its folder is gone"
    case .lostObject(let path, let name, let isGone):
      "\(path): the stored bytes of '\(name)' are \(isGone ? "gone" : "not what they were")"
    case .noSuchFile(let name, let known, let isAmbiguous):
      "\(isAmbiguous ? "several files" : "no file") in quarantine "
        + "\(isAmbiguous ? "are" : "is") '\(name)'"
        + (known.isEmpty ? "; there is none" : ", expected one of " + Self.list(known))
    case .notReleased(let name, let why): "\(name): \(why)"
    case .noSuchVersion(let name, let known):
      (Alias(rawValue: name) == nil ? "there is no model '\(name)'" : "there is no \(name)")
        + (known.isEmpty ? "; there is no model yet" : ", expected one of " + Self.list(known))
    case .rejected(let version, let objections):
      "the gate rejected \(version): "
        + (objections.isEmpty ? "no reason is known" : objections.joined(separator: "; "))
    case .openForWriting(let path): "\(path): a program has this file open for writing"
    case .noProgress(let work): "\(work) ended, and the ledger asks for the same again"
    case .inService(let version): "the model \(version) is the champion already"
    case .noPrevious: "there is no earlier champion to go back to"
    case .audit(let file, let record, let found, let expected):
      "\(file): record \(record): found \(found), expected \(expected)"
    case .auditMissing(let log): "\(log): records that were written are not there any more"
    case .auditBroken(let log, let problem, let count):
      "\(log): \(problem)" + (count > 1 ? "; and \(count - 1) more" : "")
    case .openKey(let path, let mode):
      "\(path): found the mode \(mode), expected 0600: only its owner may read the key"
    case .keyFile(let path, let found, let expected):
      "\(path): found \(found), expected \(expected)"
    case .noKey(let path): "\(path): this is encrypted, and encryption.key names no key"
    case .notEncrypted(let path):
      "\(path): this file is not encrypted, expected an encrypted file of the home"
    case .otherKey(let path, let found, let expected):
      "\(path): found the key \(found), expected \(expected), that of encryption.key"
    case .otherFormat(let path, let found, let expected):
      "\(path): found format \(found) of encrypted files, expected format \(expected)"
    case .damaged(let path, let found):
      "\(path): found \(found), expected the file as it was encrypted"
    case .remote(let facts, _): facts
    case .stopped: "stopped"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
  }
}
