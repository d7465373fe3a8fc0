// What a dropped file is, and whether it is like the data that the champion knows.
import Configuration
import Evaluation
import LearningTasks
import LoopContract
import NumericCore
import Recommender
import Storage
import Tables
import Texts

extension RecommenderLoop {
  /// Rows below which shares of rows say too little to refuse a file.
  private static let fewestRows = 50

  /// What files are held against.
  private struct Known {
    var model: RecommenderModel?
    var reference: RecommenderReference?
    /// The columns that tables of interactions must have.
    var columns: RecommenderColumns?
    var needed: [String] = []
  }

  func examine(
    _ files: [StepFile], champion: String?, first: StepFile?
  ) throws -> [Examination] {
    var known = Known()
    if let champion {
      let model = try RecommenderModel(folder: "\(champion)/\(LoopFolder.run)")
      let reference = try RecommenderReference(folder: champion)
      (known.model, known.reference) = (model, reference)
      known.columns = model.layout.columns
      known.needed = reference.columns
    } else if let first, let columns = try? interactions(first, known: nil) {
      known.columns = columns
      known.needed = columns.used
    }
    return try files.map { file in
      let result = try file.examined { try examine(file, known) }
      if known.columns == nil, result.role == .labelled,
        let columns = try? interactions(file, known: nil)
      {
        known.columns = columns
        known.needed = columns.used
      }
      return result
    }
  }

  /// The columns of a table of interactions; nil if it is something else.
  private func interactions(
    _ file: StepFile, known: RecommenderColumns?
  ) throws -> RecommenderColumns? {
    guard
      case .interactions(let columns) = try kind(
        ofTable: try names(of: file), known: known, shown: file.name)
    else { return nil }
    return columns
  }

  private func examine(_ file: StepFile, _ known: Known) throws -> Examination {
    let names = try names(of: file)
    switch try kind(ofTable: names, known: known.columns, shown: file.name) {
    case .interactions(let columns):
      let missing = Self.missing(known.needed, in: names)
      guard missing.isEmpty else {
        return Examination(role: .refused, rows: 0, problems: missing)
      }
      return try interactions(file, columns: columns, known)
    case .features(let side, let id, let features):
      let missing = self.missing(features: side, known, in: names)
      guard missing.isEmpty else {
        return Examination(role: .refused, rows: 0, problems: missing)
      }
      return try self.features(file, side: side, id: id, features: features)
    case .list(let id):
      let users = try users(in: file, id: id)
      guard !users.isEmpty else {
        return .refused("found no rows, expected a row for each user", code: "empty")
      }
      return Examination(role: .unlabelled, rows: users.count)
    }
  }

  private static func missing(
    _ needed: [String], in names: [String]
  ) -> [Finding] {
    needed.filter { !names.contains(bytesOf: $0) }.map(Finding.missingColumn)
  }

  /// What a table of features lacks: the identifier as tables of interactions have it, and the
  /// features that are wanted, or that the champion learnt from.
  private func missing(
    features side: RecommenderSide, _ known: Known, in names: [String]
  ) -> [Finding] {
    let isUser = side == .user
    let id = known.columns.map { isUser ? $0.userID : $0.itemID }
    let learnt = known.model.map {
      isUser ? $0.layout.columns.userFeatures : $0.layout.columns.itemFeatures
    }
    let wanted = isUser ? data.userFeatures : data.itemFeatures
    let features =
      wanted?.flatMap { names.contains(bytesOf: $0) ? [$0] : $0.commaParts } ?? learnt ?? []
    let present = Set(
      RecommenderColumns.features(features, side: side, presentIn: names)
        .map(RecommenderColumns.plain))
    return Self.missing([id].compactMap(\.self), in: names)
      + features.filter { !present.contains(RecommenderColumns.plain($0)) }
      .map(Finding.missingColumn)
  }

  // MARK: - Features

  private func features(
    _ file: StepFile, side: RecommenderSide, id: String, features: [String]
  ) throws -> Examination {
    let reader = RecommenderReader(data(as: nil), name: file.name, context: context)
    let entities = try reader.entities(
      file.path, id: id, key: "data.\(side.rawValue)_id", features: features)
    guard let table = entities?.table, table.rowCount > 0 else {
      return .refused("found no rows, expected a row for each \(side.rawValue)", code: "empty")
    }
    try features.compactMap { table[$0] }.requireScalable(data: file.name)
    return Examination(role: .labelled, isBackground: true, rows: table.rowCount)
  }

  // MARK: - Interactions

  private func interactions(
    _ file: StepFile, columns: RecommenderColumns, _ known: Known
  ) throws -> Examination {
    let reader = RecommenderReader(data(as: known.columns), name: file.name, context: context)
    let table = try reader.interactions(file.path, columns: known.columns ?? columns)
    if let ratings = table.ratings {
      try RatedPairs.requireUsable(ratings, given: data.scale, data: file.name)
    }
    try (columns.userFeatures + columns.itemFeatures).compactMap { table.table[$0] }
      .requireScalable(data: file.name)
    var result = Examination(role: .labelled, rows: table.table.rowCount)
    guard result.rows > 0 else {
      return .refused("found no rows, expected interactions", code: "empty")
    }
    if let model = known.model {
      checkScale(of: table, against: model, &result)
      checkItems(of: table, against: model, &result)
      if let reference = known.reference?.agreement {
        checkAgreement(of: table, with: model, reference, &result)
      }
    }
    if file.isReleased == true { result.downgradeProblems() }
    if !result.problems.isEmpty { result.role = .refused }
    return result
  }

  /// Refuses ratings far outside the champion's scale: one of them would stretch the scale of all.
  private func checkScale(
    of table: RecommenderReader.Interactions, against model: RecommenderModel,
    _ result: inout Examination
  ) {
    guard let ratings = table.ratings, let lowest = model.layout.lowestRating,
      let highest = model.layout.highestRating
    else { return }
    let width = highest - lowest
    guard
      let row = ratings.firstIndex(where: { $0 < lowest - width || $0 > highest + width })
    else { return }
    result.problems.append(
      .init(
        code: "out_of_range", column: model.layout.columns.rating,
        message: "the rating in row \(row + 1) is \(ratings[row].short), far outside "
          + "\(lowest.short) to \(highest.short)"))
  }

  /// Holds which items are taken against the champion's data.
  private func checkItems(
    of table: RecommenderReader.Interactions, against model: RecommenderModel,
    _ result: inout Examination
  ) {
    let checks = configuration.checks
    let column = model.layout.columns.itemID
    let places = model.items.places(in: table.items)
    let rows = places.count
    let unknown = Double(places.count { $0 < 0 }) / Double(rows)
    if unknown > checks.unknown {
      let finding = Finding(
        code: "unknown_items", column: column,
        message: "\((100 * unknown).short) % of the rows have items that the champion "
          + "does not know, expected at most \((100 * checks.unknown).short) %")
      result.note(finding, asProblem: rows >= Self.fewestRows)
    }
    let bins = PopularityBins(model.itemCounts)
    result.noteDrift(
      of: column, from: bins.reference, to: bins.count(places),
      rows: (bins.reference.reduce(0, +), rows), above: checks.psi,
      asProblem: checks.refusesDrift)
  }

  /// Refuses interactions that have nothing to do with what the champion knows of the users.
  private func checkAgreement(
    of table: RecommenderReader.Interactions, with model: RecommenderModel,
    _ reference: PairAgreement, _ result: inout Examination
  ) {
    let measured = PairAgreement(
      users: model.users.places(in: table.users), items: model.items.places(in: table.items),
      ratings: table.ratings, scorer: model.scorer,
      seen: { model.seen.contains(row: Int($0), column: $1) },
      predictsRatings: model.layout.predictsRatings)
    guard let measured else { return }
    let least = reference.lower - configuration.checks.agreement
    guard measured.upper < least else { return }
    result.problems.append(
      .init(
        code: "agreement", column: nil,
        message: "the interactions do not agree with what the champion knows: it is right in "
          + "\((100 * measured.value).short) % of comparisons, at most "
          + "\((100 * measured.upper).short) %, expected at least "
          + "\((100 * least).short) %"))
  }
}

/// Items in bins by how often they were taken, about as many interactions in each, and a last bin for
/// items that are not known.
struct PopularityBins {
  private static let count = 10
  private let binOf: [Int]
  /// The interactions in each bin.
  let reference: [Int]

  /// Sorts items by their counts.
  init(_ counts: [Int]) {
    let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    let total = max(1, counts.reduce(0, +))
    var binOf = [Int](repeating: 0, count: counts.count)
    var reference = [Int](repeating: 0, count: Self.count + 1)
    var sum = 0
    for item in order {
      let bin = min(Self.count - 1, sum * Self.count / total)
      binOf[item] = bin
      reference[bin] += counts[item]
      sum += counts[item]
    }
    self.binOf = binOf
    self.reference = reference
  }

  /// Counts items, -1 for one that is not known.
  func count(_ items: [Int32]) -> [Int] {
    var counts = [Int](repeating: 0, count: Self.count + 1)
    for item in items { counts[item < 0 ? Self.count : binOf[Int(item)]] += 1 }
    return counts
  }
}

extension RecommenderModel {
  /// How many users have taken each item.
  var itemCounts: [Int] {
    var counts = [Int](repeating: 0, count: items.count)
    for item in seen.indices { counts[Int(item)] += 1 }
    return counts
  }
}
