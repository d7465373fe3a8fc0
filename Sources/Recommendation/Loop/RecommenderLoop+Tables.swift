// The tables of a training: all interactions as one, each pair of a user and an item once, and all
// that is known of users and of items.
import LearningTasks
import LoopContract
import NumericCore
import Storage
import Tables
import Texts

extension RecommenderLoop {
  /// What files come to.
  struct TrainingTables {
    /// Settings that name the tables.
    var data: RecommenderConfiguration.Data
    /// For each interaction the number of its file, the oldest first.
    var ages: [Int32]
  }

  /// Writes the tables into a folder.
  ///
  /// - Parameters:
  ///   - files: interactions and features, the oldest first.
  ///   - known: the columns of the champion.
  ///   - kinds: the kinds of columns, as far as the champion knows them.
  /// - Throws: the errors of every room below.
  func tables(
    of files: [StepFile], work: String, known: RecommenderColumns?,
    kinds: [ByteText: ColumnKind]
  ) throws -> TrainingTables {
    var interactions: [StepFile] = []
    var features: [RecommenderSide: [StepFile]] = [:]
    var columns = known
    for file in files {
      switch try kind(ofTable: try names(of: file), known: columns, shown: file.name) {
      case .interactions(let found):
        interactions.append(file)
        columns = columns ?? found
      case .features(let side, _, _): features[side, default: []].append(file)
      case .list: continue
      }
    }
    guard let columns else { throw RecommendationError.noInteractions(data: "all files") }
    let read = try interactionTable(interactions, work: work, known: columns, kinds: kinds)
    try read.table.write(to: "\(work)/\(Self.interactionsName)")
    var data = data(as: columns)
    data.path = "\(work)/\(Self.interactionsName)"
    data.delimiter = nil
    data.header = true
    for (side, id, name) in [
      (RecommenderSide.user, columns.userID, Self.usersName),
      (.item, columns.itemID, Self.itemsName),
    ] {
      let files = try features[side, default: []].filter { file in
        // All tables name users, or items, in one column.
        let isUsable = try names(of: file).contains(bytesOf: id)
        if !isUsable { context.warn(["\(file.name) is left out: it has no column '\(id)'"]) }
        return isUsable
      }
      guard !files.isEmpty, case .category(let ids)? = read.table[id]?.values else {
        continue
      }
      let table = try entityTable(files, side: side, id: id, of: ids, work: work, kinds: kinds)
      try table.write(to: "\(work)/\(name)")
      if side == .user {
        data.users = "\(work)/\(name)"
      } else {
        data.items = "\(work)/\(name)"
      }
    }
    // Of configured features each is read from the one table that has it.
    let own = read.table.columns.map(\.name)
    if data.users == nil {
      data.userFeatures = data.userFeatures.map {
        RecommenderColumns.features($0, side: .user, presentIn: own)
      }
    }
    if data.items == nil {
      data.itemFeatures = data.itemFeatures.map {
        RecommenderColumns.features($0, side: .item, presentIn: own)
      }
    }
    return TrainingTables(data: data, ages: read.ages)
  }

  // MARK: - Interactions

  /// All interactions in the order of users and items, of each pair the latest row, or where there are
  /// no times that of the newest file: the order in which files came decides nothing else.
  private func interactionTable(
    _ files: [StepFile], work: String, known: RecommenderColumns, kinds: [ByteText: ColumnKind]
  ) throws -> (table: Table, ages: [Int32]) {
    let view = try FileView(
      files, in: "\(work)/view", delimiter: data.delimiterByte, header: data.header, inOrder: true)
    // Columns that some files lack, or that are not used, are not read.
    guard
      case .interactions(let columns) = try kind(
        ofTable: view.common.sorted().map(\.string), known: known, shown: "all files")
    else { throw RecommendationError.noInteractions(data: "all files") }
    var kinds = kinds
    kinds[ByteText(columns.userID)] = .category
    kinds[ByteText(columns.itemID)] = .category
    if let rating = columns.rating { kinds[ByteText(rating)] = .number }
    let read = try view.read(
      Set(texts: columns.used),
      options: ReadOptions(kinds: kinds, verbatim: Set(texts: [columns.userID, columns.itemID])),
      threads: context.pool.threadCount)
    let table = read.table
    guard case .category(let users)? = table[columns.userID]?.values,
      case .category(let items)? = table[columns.itemID]?.values
    else { throw RecommendationError.noInteractions(data: "all files") }
    var ages: [Int32] = []
    for (age, count) in read.fileRows.enumerated() {
      ages += [Int32](repeating: Int32(age), count: count)
    }
    let (userIndex, itemIndex) = (EntityIndex(in: [users]), EntityIndex(in: [items]))
    let userPlaces = userIndex.places(in: users)
    let itemPlaces = itemIndex.places(in: items)
    let times: [Double]? =
      switch columns.timestamp.flatMap({ table[$0] })?.values {
      case .number(let numbers), .timestamp(let numbers): numbers.doubles()
      default: nil
      }
    let keys = zip(userPlaces, itemPlaces).map { Int($0) * itemIndex.count + Int($1) }
    let order = (0..<Int32(table.rowCount)).sorted { first, second in
      let (one, other) = (Int(first), Int(second))
      return (keys[one], times?[one] ?? 0, first) < (keys[other], times?[other] ?? 0, second)
    }
    // Of equal keys the last one.
    let rows = order.indices.filter {
      $0 + 1 == order.count || keys[Int(order[$0])] != keys[Int(order[$0 + 1])]
    }.map { order[$0] }
    return (table.selecting(rows), rows.map { ages[Int($0)] })
  }

  // MARK: - Features

  /// What is known of users or items: of each the row that came last, and nothing of those who have
  /// interactions only.
  private func entityTable(
    _ files: [StepFile], side: RecommenderSide, id: String, of known: CategoryColumn, work: String,
    kinds: [ByteText: ColumnKind]
  ) throws -> Table {
    let view = try FileView(
      files, in: "\(work)/\(side.rawValue)s", delimiter: data.delimiterByte,
      header: data.header, inOrder: true)
    let common = view.common.sorted().map(\.string)
    let wanted = RecommenderColumns.features(
      side == .user ? data.userFeatures : data.itemFeatures, side: side, presentIn: common)
    var kinds = kinds
    kinds[ByteText(id)] = .category
    let table = try view.read(
      Set(texts: wanted + [id]), options: ReadOptions(kinds: kinds, verbatim: [ByteText(id)]),
      threads: context.pool.threadCount
    ).table
    guard case .category(let ids)? = table[id]?.values else {
      preconditionFailure("the column \(id) was not read as categories")
    }
    let index = EntityIndex(in: [ids, known])
    var rowOf = [Int32](repeating: -1, count: index.count)
    for (row, place) in index.places(in: ids).enumerated() where place >= 0 {
      rowOf[Int(place)] = Int32(row)
    }
    var columns = [Column(name: id, values: .category(CategoryColumn(index.names.map { $0 })))]
    for feature in wanted where !feature.hasSameBytes(as: id) {
      guard let values = table[feature]?.values else { continue }
      switch values {
      case .category(let categories):
        let codes = rowOf.map { $0 < 0 ? -1 : categories.codes[Int($0)] }
        columns.append(
          Column(
            name: feature,
            values: .category(CategoryColumn(codes: codes, levels: categories.levels))))
      case .number(let numbers), .timestamp(let numbers):
        let all = numbers.doubles()
        columns.append(
          Column(
            name: feature,
            values: .number(NumberColumn(rowOf.map { $0 < 0 ? .nan : all[Int($0)] }))))
      case .text:
        context.warn([
          "the \(side.rawValue) feature '\(feature)' is free text and is not learnt from"
        ])
      }
    }
    return Table(columns: columns, rowCount: index.count)
  }
}
