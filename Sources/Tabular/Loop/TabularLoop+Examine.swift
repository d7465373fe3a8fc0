// What a dropped file is: labelled or not, and whether it is like the data that the champion knows.
import Evaluation
import LearningTasks
package import LoopContract
import NumericCore
import Storage
import Tables
import Texts

extension TabularLoop {
  typealias Reference = ReferenceProfile<Reached>

  /// Rows below which shares of rows say too little to refuse a file.
  private static var fewestRows: Int { 50 }
  /// Rows below which labels are not held against the champion's predictions.
  private static var fewestLabels: Int { 100 }

  /// Looks at files; while there is no champion, all must have the columns of the first labelled one.
  ///
  /// - Throws: errors that are not the files': of the champion, of the disk.
  package func examine(
    _ files: [StepFile], champion: String?, first: StepFile?
  ) throws -> [Examination] {
    let model = try champion.map(self.champion)
    let reference = try champion.map { try Reference(folder: $0) }
    let options = ReadOptions(delimiter: data.delimiterByte, hasHeader: data.header)
    func needed(by file: StepFile) throws -> [String] {
      let dropped = try separatingNames(by: file).data.drop
      return try Table.columnNames(of: file.path, options: options).filter {
        !$0.hasSameBytes(as: target) && !dropped.contains(bytesOf: $0)
      }
    }
    var expected = model.map { $0.layout.id + $0.layout.features.map(\.name) }
    if expected == nil { expected = try first.map(needed) }
    return try files.map { file in
      let result = try file.examined {
        try separatingNames(by: file).looked(
          at: file, expected: expected, model: model, reference: reference)
      }
      if expected == nil, result.role == .labelled { expected = try needed(by: file) }
      return result
    }
  }

  private func looked(
    at file: StepFile, expected: [String]?, model: Task.Model?, reference: Reference?
  ) throws -> Examination {
    var result = Examination(role: .refused, rows: 0)
    let options = ReadOptions(delimiter: data.delimiterByte, hasHeader: data.header)
    let names = Set(texts: try Table.columnNames(of: file.path, options: options))
    let needed = expected ?? data.id
    result.problems = needed.filter { !names.contains(text: $0) }.map(Finding.missingColumn)
    guard result.problems.isEmpty else { return result }
    let table = try read(file, names: names, layout: model?.layout)
    result.rows = table.rowCount
    let isLabelled = try isLabelled(table, file: file, layout: model?.layout)
    result.role = isLabelled ? .labelled : .unlabelled
    if let layout = model?.layout {
      let known = Set(texts: needed + layout.dropped.map(\.name) + [target] + data.drop)
      for name in names.subtracting(known).sorted().map(\.string) {
        result.warnings.append(
          .init(code: "new_column", column: name, message: "'\(name)' is a new column"))
      }
    }
    if let model, let reference {
      for column in model.layout.features(of: table) {
        check(column, against: reference, &result)
      }
      if result.role == .labelled { try checkLabels(of: table, model, reference, &result) }
      if file.isReleased == true { result.downgradeProblems() }
    }
    if !result.problems.isEmpty { result.role = .refused }
    return result
  }

  private func read(_ file: StepFile, names: Set<ByteText>, layout: Task.Model.Layout?) throws
    -> Table
  {
    var options = ReadOptions(
      delimiter: data.delimiterByte, hasHeader: data.header, threads: context.pool.threadCount)
    if let layout {
      let labels =
        names.contains(text: target)
        ? [Schema.Field(name: target, kind: Self.targetKind ?? .category)] : []
      let identifiers = layout.id.map { Schema.Field(name: $0, kind: .text) }
      options.schema = Schema(fields: identifiers + layout.features + labels)
      options.excluding = names
      layout.lay(under: &options)
    } else {
      options = try data.readOptions(threads: context.pool.threadCount)
      options.kinds = options.kinds.filter {
        names.contains($0.key) || data.id.contains(bytesOf: $0.key.string)
      }
      options.dates = options.dates.filter { names.contains($0.key) }
      if let kind = Self.targetKind, names.contains(text: target) {
        options.kinds[ByteText(target)] = kind
      }
      options.excluding = Set(texts: data.drop).intersection(names)
    }
    let table = try Table.read(from: file.path, options: options).table
    try table.columns.filter { !$0.name.hasSameBytes(as: target) }.requireScalable(data: file.name)
    return table
  }

  /// Whether a table has labels; that some are missing is an error, that all are is not.
  private func isLabelled(_ table: Table, file: StepFile, layout: Task.Model.Layout?) throws -> Bool
  {
    guard let column = table[target] else { return false }
    let cells = LabelText(column)
    let missing = (0..<cells.count).filter { cells[$0] == nil }
    if missing.count == cells.count { return false }
    if let first = missing.first {
      throw TaskError.missingLabels(
        column: target, count: missing.count, firstRow: first + 1, data: file.name)
    }
    try check(column, layout: layout, data: file.name)
    return true
  }

  // MARK: - Drift

  private func check(
    _ column: Column, against reference: Reference, _ result: inout Examination
  ) {
    guard let known = reference.columns.values[ByteText(column.name)] else { return }
    let checks = configuration.checks
    let rows = Double(max(1, column.count))
    let counts: [Int]
    switch column.values {
    case .category(let categories):
      let counted = known.count(categories)
      counts = counted.counts
      note(
        Double(counted.unseen) / rows, above: checks.unseen, rows: column.count,
        code: "unseen_categories", column.name,
        "cells with categories that the champion has not seen",
        &result)
    case .number(let numbers), .timestamp(let numbers):
      let values = numbers.doubles()
      counts = known.count(values)
      // Time goes on: that instants are later than all before is no news.
      if let range = known.range, known.kind == .number {
        let width = range[1] - range[0]
        let outside = values.count { $0 < range[0] - width || $0 > range[1] + width }
        note(
          Double(outside) / rows, above: checks.outside, rows: column.count, code: "out_of_range",
          column.name, "numbers far outside \(range[0]) to \(range[1])", &result)
      }
      if known.kind == .timestamp { return }
    case .text: return
    }
    let referenceMissing = Double(known.counts.last ?? 0) / Double(max(1, reference.rows))
    note(
      Double(counts.last ?? 0) / rows - referenceMissing, above: checks.missing,
      rows: column.count, code: "missing_values", column.name,
      "missing cells more than in the champion's data", &result)
    result.noteDrift(
      of: column.name, from: known.counts, to: counts, rows: (reference.rows, column.count),
      above: checks.psi, asProblem: checks.refusesDrift)
  }

  /// Notes a share of a file's cells above a limit; a file with enough rows is refused for it.
  private func note(
    _ share: Double, above limit: Double, rows: Int, code: String, _ column: String,
    _ what: String, _ result: inout Examination
  ) {
    guard share > limit else { return }
    let finding = Finding(
      code: code, column: column,
      message: "'\(column)' has \((100 * share).short) % \(what), expected at most "
        + "\((100 * limit).short) %")
    result.note(finding, asProblem: rows >= Self.fewestRows)
  }

  /// Refuses labels that have nothing to do with what the champion says of the same rows.
  private func checkLabels(
    of table: Table, _ model: Task.Model, _ reference: Reference, _ result: inout Examination
  ) throws {
    guard table.rowCount >= Self.fewestLabels else { return }
    let rows = try Rows(
      targets: try targets(of: table, by: model, data: ""),
      predictions: try model.predict(table, pool: context.pool), groups: nil)
    guard let problem = try labelProblem(of: rows, earlier: reference.reached) else { return }
    result.problems.append(.init(code: "labels", column: target, message: problem))
  }
}
