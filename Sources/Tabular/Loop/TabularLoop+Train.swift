// Training on all files: they become one table of what is learnt from and one of what is judged on,
// and these an ordinary run of `train`.
import LearningTasks
package import LoopContract
import NumericCore
import Storage
import Tables
import Texts

extension TabularLoop {
  /// Trains a model; its candidate gets the run folder and the reference profile, the work folder two
  /// tables that judging reads too.
  ///
  /// - Throws: the errors of every room below.
  package func train(_ request: TrainingRequest) throws -> TrainedCandidate {
    let loop = try request.files.first.map(separatingNames) ?? self
    return try loop.trained(request)
  }

  private func trained(_ request: TrainingRequest) throws -> TrainedCandidate {
    let (files, work, candidate) = (request.files, request.work, request.candidate)
    let champion = request.champion
    let layout = try champion.map { try self.champion($0).layout }
    let continued = configuration.continues ? champion.map { "\($0)/\(LoopFolder.run)" } : nil
    let read = try table(of: files, work: work, layout: layout, continuing: continued != nil)
    let parts = try split(
      read, files: files, reference: try champion.map { try Reference(folder: $0) })
    guard !parts.train.isEmpty, !parts.judged.isEmpty else {
      throw TaskError.noRowsLeft(
        toJudge: !parts.train.isEmpty, rows: read.table.rowCount, files: files.count, id: data.id)
    }
    try read.table.selecting(parts.train).write(to: "\(work)/\(TabularWork.train)")
    try read.table.selecting(parts.judged).write(to: "\(work)/\(TabularWork.holdout)")
    try LoopFolder.write(
      HoldoutNote(newRows: parts.newRows), to: "\(work)/\(HoldoutNote.fileName)")
    var training = try self.training(on: read.table, work: work)
    if let layout { adopt(layout, continuing: continued, in: &training) }
    try training.validate()
    let folder = try RunFolder(target: "\(candidate)/\(LoopFolder.run)")
    let report =
      configuration.trials > 0
      ? try search(training, into: folder, request)
      : try Task.train(
        training, into: folder, shownAs: candidate,
        options: TrainingOptions(explainedRows: Self.explainedRows), context: context)
    let model = try Task.Model(folder: "\(candidate)/\(LoopFolder.run)")
    let names = Set(texts: model.layout.features.map(\.name))
    let profile = DataProfile(
      columns: read.table.selecting(parts.train).columns.filter { names.contains(text: $0.name) },
      rows: parts.train.count, judgedRows: parts.judged.count, holdout: configuration.holdout,
      judgedFrom: parts.from, files: files.map(\.sha256))
    let reached = try reached(report.metrics) {
      try scored("\(work)/\(TabularWork.holdout)", by: model).rows
    }
    try LoopFolder.write(
      Reference(data: profile, reached: reached), to: "\(candidate)/\(LoopFolder.reference)")
    return TrainedCandidate(
      version: model.version, rows: parts.train.count, metrics: Self.shown(report.metrics),
      continuesChampion: continued != nil)
  }

  /// The settings of a training on the tables of the work folder, which have all columns of a table.
  private func training(on table: Table, work: String) throws -> Problem.Configuration {
    var training = configuration.training
    training.data.path = "\(work)/\(TabularWork.train)"
    training.data.delimiter = nil
    training.data.header = true
    training.data.drop = []
    training.data.categorical = data.categorical.filter { table[$0] != nil }
    training.data.numeric = data.numeric.filter { table[$0] != nil }
    training.data.dates = try data.dateFormats.filter { table[$0.key.string] != nil }
      .map { "\($0.key)=\($0.value.text)" }.sorted()
    training.judging.test = "\(work)/\(TabularWork.holdout)"
    training.judging.holdout = nil
    training.judging.folds = 0
    return training
  }

  /// Mean contributions of a loop's models need not be exact.
  static var explainedRows: Int { 200 }

  /// Reads all files as one table.
  private func table(
    of files: [StepFile], work: String, layout: Task.Model.Layout?, continuing: Bool
  ) throws -> ReadResult {
    let view = try FileView(
      files, in: "\(work)/view", delimiter: data.delimiterByte, header: data.header)
    var kinds: [ByteText: ColumnKind] = [:]
    for field in layout?.features ?? [] { kinds[ByteText(field.name)] = field.kind }
    var options = try data.readOptions()
    if continuing { layout?.lay(under: &options) }
    if let kind = Self.targetKind { kinds[ByteText(target)] = kind }
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
    _ read: ReadResult, files: [StepFile], reference: Reference?
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
    let equal = RowGroups.firstRows(
      withKeys: RowHashes.of([labels], rowCount: table.rowCount, pool: context.pool))
    let groups = RepeatedRows(
      identifiers: data.id.compactMap { table[$0] },
      features: try FeatureColumns(table, configuration: data, pool: context.pool).features,
      labels: equal.map(Double.init), pool: context.pool
    ).groups
    guard let groups else { return [] }
    var isLearnt = [Bool](repeating: false, count: table.rowCount)
    for (row, leader) in groups.leaders.enumerated() where places[row] >= share {
      isLearnt[Int(leader)] = true
    }
    return places.indices.filter { places[$0] < share && isLearnt[Int(groups.leaders[$0])] }
  }
}
