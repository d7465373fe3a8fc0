// Training on all files: they become one table of what is learnt from and one of what is judged on,
// and these an ordinary run of `train churn`.
import Artifacts
import Glibc
import NumericCore
import Tables

/// A model that the loop trained.
public struct ChurnLoopTraining: Sendable {
  /// The version that predictions name.
  public var version: String
  /// The rows that it learnt from.
  public var rows: Int
  /// How good it is on rows that it did not learn from, by name.
  public var metrics: [String: Double]
}

extension ChurnLoop {
  /// Trains a model.
  ///
  /// - Parameters:
  ///   - files: the labelled files, the oldest first.
  ///   - candidate: the folder that gets the run folder and the reference profile.
  ///   - work: the folder for the two tables, which judging reads too.
  ///   - champion: the folder of the version in service.
  ///   - continuing: whether trees are added to the champion's.
  /// - Throws: the errors of every room below.
  public func train(
    _ files: [File], candidate: String, work: String, champion: String?, continuing: Bool
  ) throws -> ChurnLoopTraining {
    let reference = try champion.map { try ReferenceProfile(folder: $0) }
    let layout = try champion.map { try ChurnModel(folder: "\($0)/\(Self.runName)").layout }
    let read = try table(of: files, work: work, layout: layout)
    let parts = split(read, files: files, reference: reference)
    guard !parts.train.isEmpty, !parts.judged.isEmpty else {
      throw TaskError.tooFewRows(
        column: target, counts: "\(read.table.rowCount)", expected: "more",
        data: "\(files.count) file(s)")
    }
    try read.table.selecting(parts.train).write(to: "\(work)/\(Self.trainName)")
    try read.table.selecting(parts.judged).write(to: "\(work)/\(Self.holdoutName)")
    var churn = configuration.churn
    churn.data.path = "\(work)/\(Self.trainName)"
    churn.data.delimiter = nil
    churn.data.header = true
    churn.data.drop = []
    churn.data.categorical = churn.data.categorical.filter { read.table[$0] != nil }
    churn.judging.test = "\(work)/\(Self.holdoutName)"
    churn.judging.holdout = nil
    churn.judging.folds = 0
    if let layout { churn.data.positive = layout.positive }
    if continuing { churn.continueFrom = champion.map { "\($0)/\(Self.runName)" } }
    try churn.validate()
    let folder = try RunFolder(target: "\(candidate)/\(Self.runName)")
    let report = try ChurnTask.train(
      churn, into: folder, shownAs: candidate, explainedRows: Self.explainedRows, context: context)
    let model = try ChurnModel(folder: "\(candidate)/\(Self.runName)")
    let names = Set(model.layout.features.map(\.name))
    let profile = ReferenceProfile(
      columns: read.table.selecting(parts.train).columns.filter { names.contains($0.name) },
      rows: parts.train.count, metrics: report.metrics, judgedRows: parts.judged.count,
      holdout: configuration.holdout, judgedFrom: parts.from)
    try AtomicFile.write(
      Array(try JSONDocument.text(of: profile).utf8),
      to: "\(candidate)/\(ReferenceProfile.fileName)")
    return ChurnLoopTraining(
      version: model.version, rows: parts.train.count,
      metrics: [
        "auc": report.metrics.auc, "log_loss": report.metrics.logLoss,
        "brier": report.metrics.brier, "ece": report.metrics.ece,
      ])
  }

  /// Mean contributions of a loop's models need not be exact: nobody waits for them.
  private static let explainedRows = 200

  /// Reads all files as one table, in the order of their contents: that of their arrival, which a
  /// restart may change, changes nothing.
  private func table(of files: [File], work: String, layout: ChurnLayout?) throws -> ReadResult {
    let view = "\(work)/view"
    guard mkdir(view, 0o700) == 0 || errno == EEXIST else { throw TaskError.notAFolder(path: view) }
    let isMixed = Set(files.map { Self.isParquet($0.path) }).count > 1
    let format = ReadOptions(delimiter: data.delimiterByte, hasHeader: data.header)
    var present: Set<String>?
    for file in files {
      let names = try Table.columnNames(of: file.path, options: format)
      present = present?.intersection(names) ?? Set(names)
      let isConverted = isMixed && Self.isParquet(file.path)
      let place = "\(view)/\(file.sha256)\(isConverted ? ".csv" : Self.ending(of: file.path))"
      if isConverted {
        // Only tables of one format are read together.
        try Table.read(from: file.path).table.write(to: place)
      } else if link(file.path, place) != 0, errno != EEXIST, symlink(file.path, place) != 0 {
        // A link of the second kind does where objects lie on another file system.
        throw ArtifactError.system(.create, path: place, errorNumber: errno)
      }
    }
    // What some files lack, and what is not wanted, is not read.
    let columns = Set(try Table.columnNames(of: view, options: format))
    let wanted = columns.intersection(present ?? []).subtracting(data.drop)
    var kinds: [String: ColumnKind] = [:]
    for field in layout?.features ?? [] { kinds[field.name] = field.kind }
    for name in data.categorical { kinds[name] = .category }
    for name in data.id { kinds[name] = .text }
    return try Table.read(
      from: view,
      options: ReadOptions(
        delimiter: data.delimiterByte, hasHeader: data.header,
        kinds: kinds.filter { wanted.contains($0.key) }, excluding: columns.subtracting(wanted),
        threads: context.pool.threadCount))
  }

  /// Which rows are learnt from, which are judged on, and the oldest file of those.
  private func split(
    _ read: ReadResult, files: [File], reference: ReferenceProfile?
  ) -> (train: [Int32], judged: [Int32], from: String) {
    let table = read.table
    let identifiers = data.id.compactMap { table[$0] }
    let places = ReservedRows.places(
      keys: identifiers.isEmpty ? table.columns.filter { $0.name != target } : identifiers,
      rowCount: table.rowCount)
    // The champion has not learnt from the rows that were reserved then: both shares have to agree.
    let share = min(configuration.holdout, reference?.holdout ?? 1)
    var rowsOf: [String: Range<Int>] = [:]
    var start = 0
    for (file, count) in zip(read.files, read.fileRows) {
      let sha256 = file.relativePath?.split(separator: ".").first.map(String.init) ?? ""
      rowsOf[sha256] = start..<start + count
      start += count
    }
    // The newest files until there are enough rows, but none that the champion was not judged on.
    let oldest = files.firstIndex { $0.sha256 == reference?.judgedFrom } ?? 0
    var isJudged = [Bool](repeating: false, count: table.rowCount)
    var count = 0
    var from = ""
    for file in files[oldest...].reversed() where count < configuration.holdoutRows {
      for row in rowsOf[file.sha256] ?? 0..<0 where places[row] < share {
        isJudged[row] = true
        count += 1
      }
      from = file.sha256
    }
    let rows = Int32(0)..<Int32(table.rowCount)
    return (
      train: rows.filter { places[Int($0)] >= configuration.holdout },
      judged: rows.filter { isJudged[Int($0)] }, from: from
    )
  }

  private static func isParquet(_ path: String) -> Bool {
    ["parquet", "parq", "pq"].contains { path.hasSuffix(".\($0)") }
  }

  /// The ending that says how a file is read.
  private static func ending(of path: String) -> String {
    ["tsv", "txt", "parquet", "parq", "pq"].map { ".\($0)" }.first { path.hasSuffix($0) } ?? ".csv"
  }
}

extension Table {
  /// Some rows as a table of their own.
  func selecting(_ rows: [Int32]) -> Table {
    Table(columns: columns.map { $0.selecting(rows) }, rowCount: rows.count)
  }
}
