// What a check of the audit log finds.

/// Something that is wrong with the audit log.
public struct AuditProblem: Encodable, Sendable, Equatable {
  /// The kinds of problems.
  public enum Kind: String, Encodable, Sendable {
    /// A line is not what was written.
    case edited
    /// Records are not there.
    case missing
    /// A whole file is not there.
    case fileMissing = "file_missing"
    /// No file is there.
    case logMissing = "log_missing"
    /// A line or a file is there that the loop did not write.
    case added
    /// The ledger does not know the newest records: it is an older copy, or they were added.
    case ledgerBehind = "ledger_behind"
  }

  /// What kind of problem it is.
  public var kind: Kind
  /// The file; nil where it is about more than one.
  public var file: String?
  /// The first and the last record, where it is about records.
  public var first, last: Int64?
  /// What was found, in words.
  public var message: String

  /// Describes a problem.
  package init(kind: Kind, file: String?, first: Int64? = nil, last: Int64? = nil, message: String)
  {
    self.kind = kind
    self.file = file
    self.first = first
    self.last = last
    self.message = message
  }
}
