// What to do about the errors of the loop, in the words of the command line.
import Glibc
import LoopContract
import Pipeline
import Storage

extension PipelineError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .system(_, _, ENOSPC), .system(_, _, EDQUOT), .system(_, _, EFBIG), .ledger(_, _, .disk):
      "free some space; nothing that was dropped is lost"
    case .system(.open, _, EACCES), .system(.read, _, EACCES), .system(.list, _, EACCES):
      "give the program the right to read it; nothing that was dropped is lost"
    case .system(_, _, EACCES), .system(_, _, EPERM), .ledger(_, _, .readOnly):
      "give the program the right to write there; nothing that was dropped is lost"
    case .system(.list, _, ENOTDIR):
      "make it a folder again; other folders can be named in watch.folders of pipeline.toml"
    case .system(_, _, let number):
      SystemAdvice.text(number) ?? "check the path and the disk it is on"
    case .locked: "stop the other one first; 'mlcore status' works beside it"
    case .notAHome: "make one with 'mlcore watch --init --home DIR'"
    case .homeExists: "edit that file, or choose another folder"
    case .notEmpty: "choose an empty folder: a home holds only the files of its loop"
    case .ledger(_, _, .busy): "end the other program that has it open; the loop tries again"
    case .ledger:
      "stop the loop, remove the -wal and -shm files beside it, and restore the file from a copy"
    case .lostLedger:
      "stop the loop, and restore it from a copy; to begin anew, move audit and models away"
    case .lostModel(_, isInService: false):
      "restore it from a copy, or drop new labelled files: a challenger is replaced by the next model"
    case .lostModel: "restore it from a copy, or go back with 'mlcore models rollback'"
    case .lostObject: "drop the same file again, or restore that one from a copy"
    case .noSuchFile: "take a name, or the beginning of a SHA-256, from 'mlcore quarantine list'"
    case .notReleased: "correct the file, and drop it again"
    case .newerLedger: "use that version, or a newer one"
    case .step(let failure): failure.advice
    case .stepEnded: "see the log in the folder of the run"
    case .noSuchVersion: "see 'mlcore models list'"
    case .rejected: "promote it anyway with --force, or train on other data"
    case .openForWriting:
      "end that program, or wait until it closes the file; the loop takes the file then"
    case .noProgress:
      "stop the loop, and restore the ledger from a copy; the loop does not repeat the work before"
    case .inService: "nothing needs to be done"
    case .noPrevious:
      "nothing has changed; put another model into service with 'mlcore models promote VERSION'"
    case .audit:
      "compare the log, which was changed, with a copy from another place; 'mlcore audit repair' "
        + "leaves out what does not follow"
    case .auditMissing:
      "see 'mlcore audit verify'; 'mlcore audit repair' writes them again; until then the ledger "
        + "keeps all new records"
    case .auditBroken:
      "compare the log with a copy from another place; 'mlcore audit repair' writes it anew from the "
        + "ledger and says so in it"
    case .keyFile:
      "bring back the key that the home was encrypted with; for a new home make one elsewhere: "
        + "(umask 077; openssl rand -hex 32 > NEWFILE)"
    case .openKey(let path, _): "run chmod 600 \(path)"
    case .noKey: "set encryption.key in pipeline.toml to the file with the key"
    case .notEncrypted: "read it as it is, or name a file that ends in .enc"
    case .otherKey: "use the key that it was encrypted with; no other key decrypts it"
    case .otherFormat:
      "decrypt it with the version of mlcore that wrote it, and drop the plain file again"
    case .damaged: "restore the file from a copy"
    case .remote(_, let advice): advice
    case .stopped: "start it again"
    }
  }
}
