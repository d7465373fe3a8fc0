// Training on all files: they become one table of what is learnt from and one of what is judged on,
// and these an ordinary run of `train churn`.
public import LoopContract
import NumericCore
import Storage
import Tables
import Texts

extension ChurnLoop {
  /// Trains a model; its candidate gets the run folder and the reference profile, the work folder two
  /// tables that judging reads too.
  ///
  /// - Throws: the errors of every room below.
  public func train(_ request: TrainingRequest) throws -> TrainedCandidate {
    let (files, work, candidate) = (request.files, request.work, request.candidate)
    let champion = request.champion
    let continuing = configuration.continues && champion != nil
    let reference = try champion.map { try ReferenceProfile(folder: $0) }
    let layout = try champion.map { try ClassifierModel(folder: "\($0)/\(LoopFolder.run)").layout }
    let read = try table(of: files, work: work, layout: layout, continuing: continuing)
    let parts = try split(read, files: files, reference: reference)
    guard !parts.train.isEmpty, !parts.judged.isEmpty else {
      throw TaskError.tooFewRows(
        column: target, counts: "\(read.table.rowCount)", expected: "more",
        data: "\(files.count) file(s)")
    }
    try read.table.selecting(parts.train).write(to: "\(work)/\(Self.trainName)")
    try read.table.selecting(parts.judged).write(to: "\(work)/\(Self.holdoutName)")
    try LoopFolder.write(
      HoldoutNote(newRows: parts.newRows), to: "\(work)/\(HoldoutNote.fileName)")
    var churn = configuration.churn
    churn.data.path = "\(work)/\(Self.trainName)"
    churn.data.delimiter = nil
    churn.data.header = true
    churn.data.drop = []
    churn.data.categorical = churn.data.categorical.filter { read.table[$0] != nil }
    churn.data.numeric = churn.data.numeric.filter { read.table[$0] != nil }
    let formats = try churn.data.dateFormats
    churn.data.dates = formats.filter { read.table[$0.key.string] != nil }
      .map { "\($0.key)=\($0.value.text)" }.sorted()
    churn.judging.test = "\(work)/\(Self.holdoutName)"
    churn.judging.holdout = nil
    churn.judging.folds = 0
    if let layout { churn.positive = layout.positive }
    if continuing { churn.continueFrom = champion.map { "\($0)/\(LoopFolder.run)" } }
    try churn.validate()
    let folder = try RunFolder(target: "\(candidate)/\(LoopFolder.run)")
    let report =
      configuration.trials > 0
      ? try search(churn, into: folder, request)
      : try ChurnTask.train(
        churn, into: folder, shownAs: candidate,
        options: TrainingOptions(explainedRows: Self.explainedRows), context: context)
    let model = try ClassifierModel(folder: "\(candidate)/\(LoopFolder.run)")
    let names = Set(texts: model.layout.features.map(\.name))
    let profile = ReferenceProfile(
      columns: read.table.selecting(parts.train).columns.filter { names.contains(text: $0.name) },
      rows: parts.train.count, metrics: report.metrics, judgedRows: parts.judged.count,
      holdout: configuration.holdout, judgedFrom: parts.from, files: files.map(\.sha256))
    try LoopFolder.write(profile, to: "\(candidate)/\(LoopFolder.reference)")
    return TrainedCandidate(
      version: model.version, rows: parts.train.count,
      metrics: [
        "auc": report.metrics.auc, "log_loss": report.metrics.logLoss,
        "brier": report.metrics.brier, "ece": report.metrics.ece,
      ], continuesChampion: continuing)
  }

  /// Mean contributions of a loop's models need not be exact.
  static let explainedRows = 200

  /// Reads all files as one table.
  private func table(
    of files: [StepFile], work: String, layout: ClassifierLayout?, continuing: Bool
  ) throws -> ReadResult {
    let view = try FileView(
      files, in: "\(work)/view", delimiter: data.delimiterByte, header: data.header)
    var kinds: [ByteText: ColumnKind] = [:]
    for field in layout?.features ?? [] { kinds[ByteText(field.name)] = field.kind }
    var options = try data.readOptions()
    if continuing { layout?.lay(under: &options) }
    options.kinds = kinds.merging(options.kinds) { $1 }
    // What some files lack, and what is not wanted, is not read.
    let lacking = view.all.subtracting(view.common).subtracting(Set(texts: data.drop)).sorted()
      .map(\.string)
    if !lacking.isEmpty {
      context.progress(
        .note("columns left out, because some files lack them: \(lacking.joined(separator: ", "))"))
    }
    let read = try view.read(
      view.common.subtracting(Set(texts: data.drop)), options: options,
      threads: context.pool.threadCount)
    // The training itself reads a table whose columns have types, and has no doubts about them.
    context.tell(read.findings, except: target)
    return read
  }

  /// Which rows are learnt from, which are judged on, how many of those, the last ones, are of files
  /// that the champion did not have, and the oldest file of those.
  private func split(
    _ read: ReadResult, files: [StepFile], reference: ReferenceProfile?
  ) throws -> (train: [Int32], judged: [Int32], newRows: Int, from: String) {
    let table = read.table
    let identifiers = data.id.compactMap { table[$0] }
    let places = ReservedRows.places(
      keys: identifiers.isEmpty
        ? table.columns.filter { !$0.name.hasSameBytes(as: target) } : identifiers,
      rowCount: table.rowCount)
    // The champion has not learnt from the rows that were reserved then: both shares have to agree.
    let share = min(configuration.holdout, reference?.holdout ?? 1)
    let rowsOf = FileView.rows(of: read)
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
    var isNew = [Bool](repeating: false, count: table.rowCount)
    if let known = reference?.files.map({ Set($0) }) {
      for file in files where !known.contains(file.sha256) {
        for row in rowsOf[file.sha256] ?? 0..<0 { isNew[row] = true }
      }
    }
    for row in try repeats(in: table, places: places, learntFrom: share) { isJudged[row] = false }
    let rows = Int32(0)..<Int32(table.rowCount)
    let judged = rows.filter { isJudged[Int($0)] }
    let newRows = judged.filter { isNew[Int($0)] }
    return (
      train: rows.filter { places[Int($0)] >= configuration.holdout },
      judged: judged.filter { !isNew[Int($0)] } + newRows, newRows: newRows.count, from: from
    )
  }

  /// The reserved rows that repeat a row which one of the models may have learnt from: no model is
  /// judged on those.
  private func repeats(
    in table: Table, places: [Double], learntFrom share: Double
  ) throws -> [Int] {
    guard let labels = table[target] else { return [] }
    let classes = RowGroups.firstRows(
      withKeys: RowHashes.of([labels], rowCount: table.rowCount, pool: context.pool))
    let groups = RepeatedRows(
      identifiers: data.id.compactMap { table[$0] },
      features: try FeatureColumns(table, configuration: data, pool: context.pool).features,
      labels: classes.map(Double.init), pool: context.pool
    ).groups
    guard let groups else { return [] }
    var isLearnt = [Bool](repeating: false, count: table.rowCount)
    for (row, leader) in groups.leaders.enumerated() where places[row] >= share {
      isLearnt[Int(leader)] = true
    }
    return places.indices.filter { places[$0] < share && isLearnt[Int(groups.leaders[$0])] }
  }
}
