// What a dropped file is, and whether it is like the data that the champion knows.
import Configuration
import Evaluation
// What a dropped file is, and whether it is like the data that the champion knows.
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

  public func examine(
    _ files: [LoopFile], champion: String?, first: LoopFile?
  ) throws -> [LoopExamination] {
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
      let result = try examine(file, known)
      if known.columns == nil, result.isLabelled == true,
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
    _ file: LoopFile, known: RecommenderColumns?
  ) throws -> RecommenderColumns? {
    guard
      case .interactions(let columns) = try kind(
        ofTable: try names(of: file), known: known, shown: file.name)
    else { return nil }
    return columns
  }

  private func examine(_ file: LoopFile, _ known: Known) throws -> LoopExamination {
    do {
      let names = try names(of: file)
      switch try kind(ofTable: names, known: known.columns, shown: file.name) {
      case .interactions(let columns):
        let missing = Self.missing(known.needed, in: names)
        guard missing.isEmpty else { return LoopExamination(problems: missing) }
        return try interactions(file, columns: columns, known)
      case .features(let side, let id, let features):
        let missing = self.missing(features: side, known, in: names)
        guard missing.isEmpty else { return LoopExamination(problems: missing) }
        return try self.features(file, side: side, id: id, features: features)
      case .list(let id):
        let users = try users(in: file, id: id)
        guard !users.isEmpty else {
          return .refused("found no rows, expected a row for each user", code: "empty")
        }
        return LoopExamination(isLabelled: false, rows: users.count)
      }
    } catch let error as TableError where error.kind == .badData || error.kind == .usage {
      return .refused(file.naming(error.description), code: "schema")
    } catch let error as TaskError where error != .cancelled {
      return .refused(error.description, code: "values")
    } catch let error as ConfigurationError {
      return .refused(error.description, code: "schema")
    }
  }

  private static func missing(
    _ needed: [String], in names: [String]
  ) -> [LoopExamination.Finding] {
    needed.filter { !names.contains(bytesOf: $0) }.map {
      .init(code: "missing_column", column: $0, message: "there is no column '\($0)'")
    }
  }

  /// What a table of features lacks: the identifier as tables of interactions have it, and the
  /// features that are wanted, or that the champion learnt from.
  private func missing(
    features side: RecommenderSide, _ known: Known, in names: [String]
  ) -> [LoopExamination.Finding] {
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
      + features.filter { !present.contains(RecommenderColumns.plain($0)) }.map {
        .init(code: "missing_column", column: $0, message: "there is no column '\($0)'")
      }
  }

  // MARK: - Features

  private func features(
    _ file: LoopFile, side: RecommenderSide, id: String, features: [String]
  ) throws -> LoopExamination {
    let reader = RecommenderReader(data(as: nil), name: file.name, context: context)
    let entities = try reader.entities(
      file.path, id: id, flag: "data.\(side.rawValue)_id", features: features)
    guard let table = entities?.table, table.rowCount > 0 else {
      return .refused("found no rows, expected a row for each \(side.rawValue)", code: "empty")
    }
    try features.compactMap { table[$0] }.requireScalable(data: file.name)
    return LoopExamination(isLabelled: true, rows: table.rowCount, isBackground: true)
  }

  // MARK: - Interactions

  private func interactions(
    _ file: LoopFile, columns: RecommenderColumns, _ known: Known
  ) throws -> LoopExamination {
    let reader = RecommenderReader(data(as: known.columns), name: file.name, context: context)
    let table = try reader.interactions(file.path, columns: known.columns ?? columns)
    if let ratings = table.ratings {
      try RatedPairs.requireUsable(ratings, given: data.scale, data: file.name)
    }
    try (columns.userFeatures + columns.itemFeatures).compactMap { table.table[$0] }
      .requireScalable(data: file.name)
    var result = LoopExamination(isLabelled: true, rows: table.table.rowCount)
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
    if file.isReleased { result.forgive() }
    if !result.problems.isEmpty { result.isLabelled = nil }
    return result
  }

  /// Refuses ratings far outside the champion's scale: one of them would stretch the scale of all.
  private func checkScale(
    of table: RecommenderReader.Interactions, against model: RecommenderModel,
    _ result: inout LoopExamination
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
        message: "the rating in row \(row + 1) is \(LoopNumber.short(ratings[row])), far outside "
          + "\(LoopNumber.short(lowest)) to \(LoopNumber.short(highest))"))
  }

  /// Holds which items are taken against the champion's data.
  private func checkItems(
    of table: RecommenderReader.Interactions, against model: RecommenderModel,
    _ result: inout LoopExamination
  ) {
    let checks = configuration.checks
    let column = model.layout.columns.itemID
    let places = model.items.places(in: table.items)
    let rows = places.count
    let unknown = Double(places.count { $0 < 0 }) / Double(rows)
    if unknown > checks.unknown / 10 {
      let finding = LoopExamination.Finding(
        code: "unknown_items", column: column,
        message: "\(LoopNumber.short(100 * unknown)) % of the rows have items that the champion "
          + "does not know, expected at most \(LoopNumber.short(100 * checks.unknown)) %")
      if unknown > checks.unknown, rows >= Self.fewestRows {
        result.problems.append(finding)
      } else {
        result.warnings.append(finding)
      }
    }
    let bins = PopularityBins(model.itemCounts)
    let counts = bins.count(places)
    let psi = PopulationStability.index(reference: bins.reference, current: counts)
    result.drift[column] = psi
    let limit = max(
      checks.psi,
      PopulationStability.chanceLimit(
        bins: counts.count, reference: bins.reference.reduce(0, +), current: rows))
    guard psi > limit else { return }
    let finding = LoopExamination.Finding(
      code: "drift", column: column,
      message: "'\(column)' has moved: stability index \(LoopNumber.short(psi)), expected at most "
        + LoopNumber.short(limit))
    if checks.refusesDrift {
      result.problems.append(finding)
    } else {
      result.warnings.append(finding)
    }
  }

  /// Refuses interactions that have nothing to do with what the champion knows of the users.
  private func checkAgreement(
    of table: RecommenderReader.Interactions, with model: RecommenderModel,
    _ reference: PairAgreement, _ result: inout LoopExamination
  ) {
    let measured = PairAgreement(
      users: model.users.places(in: table.users), items: model.items.places(in: table.items),
      ratings: table.ratings, userVectors: model.userVectors, itemVectors: model.itemVectors,
      seen: { model.seen.contains(row: Int($0), column: $1) },
      predictsRatings: model.layout.predictsRatings)
    guard let measured else { return }
    let least = reference.lower - configuration.checks.agreement
    guard measured.upper < least else { return }
    result.problems.append(
      .init(
        code: "agreement", column: nil,
        message: "the interactions do not agree with what the champion knows: it is right in "
          + "\(LoopNumber.short(100 * measured.value)) % of comparisons, at most "
          + "\(LoopNumber.short(100 * measured.upper)) %, expected at least "
          + "\(LoopNumber.short(100 * least)) %"))
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
