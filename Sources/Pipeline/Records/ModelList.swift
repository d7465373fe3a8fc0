// The models of a home as `mlcore models` and `mlcore status` show them.

/// A model.
public struct ModelEntry: Encodable, Sendable, Equatable {
  /// Its version.
  public var version: String
  /// The aliases that it has.
  public var aliases: [String]
  /// When it was trained, ISO 8601 in UTC.
  public var created: String
  /// The run that trained it.
  public var run: Int64
  /// The champion that it was compared with.
  public var parent: String?
  /// Whether it passed the gate.
  public var passes: Bool
  /// What said no.
  public var objections: [String]
  /// The rows that it learnt from.
  public var rows: Int
  /// Numbers by name.
  public var metrics: [String: Double]
  /// Its folder.
  public var path: String
}

extension HomeRecords {
  /// The models, the newest first.
  public func models() throws -> [ModelEntry] {
    try ledger.atOneMoment {
      let owners = try ledger.aliases()
      return try ledger.versions().reversed().map { entry($0, owners) }
    }
  }

  /// A model, named by its version, the beginning of it, or an alias.
  ///
  /// - Throws: `PipelineError.noSuchVersion`.
  public func model(_ name: String) throws -> ModelEntry {
    try ledger.atOneMoment {
      entry(try registry.version(named: name), try ledger.aliases())
    }
  }

  private func entry(_ record: VersionRecord, _ owners: [Alias: String]) -> ModelEntry {
    ModelEntry(
      version: record.version,
      aliases: Alias.allCases.filter { owners[$0] == record.version }.map(\.rawValue),
      created: Timestamp.text(record.at), run: record.run, parent: record.parent,
      passes: record.passes, objections: record.objections, rows: record.rows,
      metrics: record.metrics, path: registry.folder(of: record.version))
  }
}
