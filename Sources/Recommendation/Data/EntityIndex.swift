// Users and items by name: in a fixed order, and from name to place.
import Tables
import Texts

/// The identifiers of all users, or of all items, in ascending order.
struct EntityIndex: Sendable, Equatable {
  /// The identifiers as they are written.
  let names: [String]
  /// Whether all are whole numbers as other systems write them; then they ascend as numbers do.
  let areIntegers: Bool
  private let places: [ByteText: Int32]

  /// Takes names that are distinct and in their order, as `names` has them; nil if they are not.
  init?(ordered names: [String]) {
    guard Set(texts: names).count == names.count else { return nil }
    self.init(names)
    guard self.names.elementsEqual(names, by: { $0.hasSameBytes(as: $1) }) else {
      return nil
    }
  }

  /// Sorts distinct names.
  init(_ names: [String]) {
    let integers = names.map { name in Int(name).flatMap { String($0) == name ? $0 : nil } }
    areIntegers = !names.isEmpty && integers.allSatisfy { $0 != nil }
    if areIntegers {
      self.names = integers.compactMap(\.self).sorted().map(String.init)
    } else {
      self.names = names.sortedByBytes()
    }
    places = Dictionary(
      uniqueKeysWithValues: self.names.enumerated().map { (ByteText($1), Int32($0)) })
  }

  /// The names that occur in some columns.
  init(in columns: [CategoryColumn]) {
    var seen: Set<ByteText> = []
    for column in columns {
      var isUsed = [Bool](repeating: false, count: column.levels.count)
      for code in column.codes where code >= 0 { isUsed[Int(code)] = true }
      for (level, isUsed) in zip(column.levels, isUsed) where isUsed {
        seen.insert(ByteText(level))
      }
    }
    self.init(seen.map(\.string))
  }

  /// The number of identifiers.
  var count: Int { names.count }

  /// The place of a name, or nil.
  func place(of name: String) -> Int? { places[ByteText(name)].map(Int.init) }

  /// The place of a name that somebody writes, read as a cell of a table is.
  func place(ofCell cell: String) -> Int? { place(of: cell.trimmedAsCell) }

  /// For each row of a column the place of its name, -1 where it is missing or unknown.
  func places(in column: CategoryColumn) -> [Int32] {
    let placeOfLevel = column.levels.map { places[ByteText($0)] ?? -1 }
    return column.codes.map { $0 < 0 ? -1 : placeOfLevel[Int($0)] }
  }
}
