// Recommendations of a loop: for each user of a list the items that the model in service ranks first.
public import LoopContract
import NumericCore
import Recommender
import Tables
import Texts

extension RecommenderLoop {
  /// Users whose lists are searched at once.
  private static let blockSize = 4_096

  /// Writes a list of items for each user, as rows of user, rank from 1, item, score and version.
  ///
  /// Users who were not there in training get the items that most users took, with no score.
  public func predict(
    _ file: StepFile, model folder: String, output: String
  ) throws -> PredictedFile {
    let service = try RecommenderService(
      folder: "\(folder)/\(LoopFolder.run)", pool: context.pool)
    return try file.predicted {
      let table = try recommendations(for: file, by: service)
      try Table.requireWritable(output)
      try table.write(to: output)
      return table.rowCount
    }
  }

  /// The users of a list, each once, in the order of the file.
  ///
  /// - Throws: `TaskError.recommender`, `TableError`.
  func users(in file: StepFile, id: String) throws -> [String] {
    let names = try names(of: file)
    let table = try Table.read(
      from: file.path,
      options: ReadOptions(
        delimiter: data.delimiterByte, hasHeader: data.header, kinds: [ByteText(id): .category],
        excluding: Set(texts: names).subtracting([ByteText(id)]), verbatim: [ByteText(id)],
        threads: context.pool.threadCount)
    ).table
    guard case .category(let ids)? = table[id]?.values else {
      preconditionFailure("the column \(id) was not read as categories")
    }
    if let row = ids.codes.firstIndex(where: { $0 < 0 }) {
      throw TaskError.recommender(
        .missingIdentifier(
          column: id, row: row + 1,
          cell: RecommenderReader.cell(
            of: id, row: row, in: file.path,
            options: ReadOptions(delimiter: data.delimiterByte, hasHeader: data.header)),
          data: file.name))
    }
    // Levels are in the order of their first row.
    return ids.levels
  }

  private func recommendations(
    for file: StepFile, by service: RecommenderService
  ) throws -> Table {
    let model = service.model
    let columns = model.layout.columns
    let id = try RecommenderColumns.named(
      columns.userID, in: try names(of: file), role: "users", flag: "data.user_id",
      data: file.name)
    let users = try users(in: file, id: id)
    var lists = [[RecommendedItem]?](repeating: nil, count: users.count)
    let known = users.indices.compactMap { row in
      model.users.place(of: users[row]).flatMap { place in
        model.userVectors.row(place).contains { $0 != 0 } ? (row: row, place: place) : nil
      }
    }
    for start in stride(from: 0, to: known.count, by: Self.blockSize) {
      try context.checkCancelled()
      let block = known[start..<min(start + Self.blockSize, known.count)]
      let found = try service.recommend(
        users: block.map(\.place), k: configuration.listLength)
      for (user, list) in zip(block, found) { lists[user.row] = list }
    }
    let popular = model.popularItems(configuration.listLength)
    var (names, ranks, items, scores): ([String], [Int64], [String], [Double]) = ([], [], [], [])
    for (user, list) in zip(users, lists) {
      let list = list?.map { ($0.id, $0.score.shortest) } ?? popular.map { ($0, .nan) }
      for (rank, (item, score)) in list.enumerated() {
        names.append(user)
        ranks.append(Int64(rank + 1))
        items.append(item)
        scores.append(score)
      }
    }
    let version = CategoryColumn(
      codes: [Int32](repeating: 0, count: names.count), levels: [model.version])
    let all = [
      Column(name: columns.userID, values: .category(CategoryColumn(names))),
      Column(name: "rank", values: .number(NumberColumn(integers: ranks, bits: 32))),
      Column(name: columns.itemID, values: .category(CategoryColumn(items))),
      Column(name: "score", values: .number(NumberColumn(scores))),
      Column(name: "model_version", values: .category(version)),
    ]
    guard Set(texts: all.map(\.name)).count == all.count else {
      throw TaskError.nameTaken(column: columns.userID, data: file.name)
    }
    return Table(columns: all, rowCount: names.count)
  }
}

extension RecommenderModel {
  /// The items that most users took, those of whom nothing is known left out.
  fileprivate func popularItems(_ count: Int) -> [String] {
    let counts = itemCounts
    let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    return order.prefix(count).filter { counts[$0] > 0 }.map { items.names[$0] }
  }
}
