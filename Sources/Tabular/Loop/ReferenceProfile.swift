// reference.json: what the columns of a model's training data look like, in bins that stay as they
// are, so that later data can be held against them.
import Evaluation
import LearningTasks
import Storage
import Tables
import Texts

/// What a model has learnt from, and what it reached.
@dynamicMemberLookup
struct ReferenceProfile<Reached: ReachedQuality>: LoopReference, Sendable {
  static var newestFormatVersion: Int { DataProfile.newestFormatVersion }
  static var noun: String { "profile" }

  /// The data of the training.
  var data: DataProfile
  /// What the model reached on rows that it had not seen.
  var reached: Reached

  init(data: DataProfile, reached: Reached) {
    self.data = data
    self.reached = reached
  }

  var formatVersion: Int { data.formatVersion }
  var problem: String? { data.problem ?? reached.problem }

  subscript<Value>(dynamicMember path: KeyPath<DataProfile, Value>) -> Value {
    data[keyPath: path]
  }

  /// Reads the keys of both parts, which stand side by side.
  init(from decoder: any Decoder) throws {
    data = try DataProfile(from: decoder)
    reached = try Reached(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    try data.encode(to: encoder)
    try reached.encode(to: encoder)
  }
}

/// The distribution of each column that a model learnt from, and the files that it is of.
struct DataProfile: Codable, Sendable {
  fileprivate static let newestFormatVersion = 1
  /// Numbers fall into this many bins of equal counts.
  private static let binCount = 10
  /// Categories beyond the most frequent ones fall into one bin.
  private static let mostLevels = 50

  /// The distribution of one column.
  struct ColumnProfile: Codable, Sendable {
    /// The kind of the column.
    var kind: ColumnKind
    /// The least and the greatest number; nil for categories and where all is missing.
    var range: [Double]?
    /// The upper ends of all bins of numbers but the last.
    var edges: [Double] = []
    /// The categories that have a bin, then all that the model knows.
    var levels: [String] = []
    /// How many of `levels` have a bin of their own.
    var binned = 0
    /// Rows in each bin: numbers or categories, other categories, missing cells.
    var counts: [Int]
  }

  var formatVersion = newestFormatVersion
  /// The rows of the table.
  var rows: Int
  /// The columns by name.
  var columns: NamedValues<ColumnProfile>
  /// The rows that the model is judged on.
  var judgedRows: Int
  /// The share of rows that the model has not learnt from, and the oldest file that was judged on.
  var holdout: Double
  var judgedFrom: String
  /// The contents of the files of the training; nil in profiles of older programs.
  var files: [String]?

  enum CodingKeys: String, CodingKey {
    case rows, columns, holdout, files
    case formatVersion = "format_version"
    case judgedRows = "judged_rows"
    case judgedFrom = "judged_from"
  }

  /// What the profile contradicts itself in; nil if it does not.
  var problem: String? {
    if formatVersion < 1 { return "the format version \(formatVersion)" }
    if rows < 0 || judgedRows < 0 { return "fewer than 0 rows" }
    if !(0...1).contains(holdout) { return "the holdout \(holdout)" }
    for (name, column) in columns.values.sorted(by: { $0.key < $1.key }) {
      if let problem = column.problem(rows: rows) { return "the column '\(name)': \(problem)" }
    }
    return nil
  }

  init(
    columns: [Column], rows: Int, judgedRows: Int, holdout: Double, judgedFrom: String,
    files: [String]
  ) {
    self.rows = rows
    self.columns = NamedValues(
      Dictionary(
        uniqueKeysWithValues: columns.compactMap { column in
          Self.profile(column).map { (ByteText(column.name), $0) }
        }))
    self.judgedRows = judgedRows
    self.holdout = holdout
    self.judgedFrom = judgedFrom
    self.files = files
  }

  private static func profile(_ column: Column) -> ColumnProfile? {
    switch column.values {
    case .number(let numbers), .timestamp(let numbers):
      let values = numbers.doubles()
      let sorted = values.filter { !$0.isNaN }.sorted()
      var edges: [Double] = []
      if !sorted.isEmpty {
        for bin in 1..<binCount {
          let edge = sorted[bin * (sorted.count - 1) / binCount]
          if edge < sorted[sorted.count - 1], edge != edges.last { edges.append(edge) }
        }
      }
      var profile = ColumnProfile(
        kind: column.kind,
        range: sorted.isEmpty ? nil : [sorted[0], sorted[sorted.count - 1]], edges: edges,
        counts: [])
      profile.counts = profile.count(values)
      return profile
    case .category(let categories):
      var counts = [Int](repeating: 0, count: categories.levels.count)
      for code in categories.codes where code >= 0 { counts[Int(code)] += 1 }
      let order = counts.indices.filter { counts[$0] > 0 }.sorted {
        (counts[$1], ByteText(categories.levels[$0]))
          < (counts[$0], ByteText(categories.levels[$1]))
      }
      var profile = ColumnProfile(
        kind: .category, levels: order.map { categories.levels[$0] },
        binned: min(order.count, mostLevels), counts: [])
      profile.counts = profile.count(categories).counts
      return profile
    case .text: return nil
    }
  }
}

extension DataProfile.ColumnProfile {
  /// What the profile of a column contradicts itself in; nil if it does not.
  fileprivate func problem(rows: Int) -> String? {
    var total = 0
    for count in counts {
      guard (0...rows - total).contains(count) else { return "a bin of \(count) rows" }
      total += count
    }
    if total != rows { return "bins of \(total) rows in all" }
    switch kind {
    case .number, .timestamp:
      if let range, range.count != 2 || !(range[0] <= range[1]) { return "the range \(range)" }
      if !zip(edges, edges.dropFirst()).allSatisfy(<) { return "bins that do not ascend" }
      if counts.count != edges.count + 2 { return "\(counts.count) bins" }
      return levels.isEmpty && binned == 0 ? nil : "levels of numbers"
    case .category:
      if range != nil || !edges.isEmpty { return "numbers of categories" }
      if Set(levels.map { Array($0.utf8) }).count != levels.count { return "a level twice" }
      if !(0...levels.count).contains(binned) { return "\(binned) levels of \(levels.count)" }
      return counts.count == binned + 2 ? nil : "\(counts.count) bins"
    case .text: return "text"
    }
  }

  /// Counts numbers in the bins.
  func count(_ values: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 2)
    for value in values {
      if value.isNaN {
        counts[counts.count - 1] += 1
      } else {
        var low = 0
        var high = edges.count
        while low < high {
          let middle = (low + high) / 2
          if value <= edges[middle] { high = middle } else { low = middle + 1 }
        }
        counts[low] += 1
      }
    }
    return counts
  }

  /// Counts categories in the bins, and those that the model does not know.
  func count(_ categories: CategoryColumn) -> (counts: [Int], unseen: Int) {
    var binOf: [ByteText: Int] = [:]
    for (index, level) in levels.enumerated() { binOf[ByteText(level)] = min(index, binned) }
    let bins = categories.levels.map { binOf[ByteText($0)] }
    var counts = [Int](repeating: 0, count: binned + 2)
    var unseen = 0
    for code in categories.codes {
      if code < 0 {
        counts[binned + 1] += 1
      } else if let bin = bins[Int(code)] {
        counts[bin] += 1
      } else {
        counts[binned] += 1
        unseen += 1
      }
    }
    return (counts, unseen)
  }
}
