// Users and items by name: in a fixed order, and from name to place.
import Tables

/// The identifiers of all users, or of all items, in ascending order.
struct EntityIndex: Sendable, Equatable {
  /// The identifiers as they are written.
  let names: [String]
  /// Whether all are whole numbers as other systems write them; then they ascend as numbers do.
  let areIntegers: Bool
  private let places: [Key: Int32]

  /// A name compared byte by byte: Swift takes some different strings for equal.
  private struct Key: Hashable {
    let name: String

    static func == (left: Key, right: Key) -> Bool { left.name.utf8.elementsEqual(right.name.utf8) }

    func hash(into hasher: inout Hasher) {
      var copy = name
      copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// Takes names that are distinct and in their order, as `names` has them; nil if they are not.
  init?(ordered names: [String]) {
    guard Set(names.map(Key.init)).count == names.count else { return nil }
    self.init(names)
    guard self.names.elementsEqual(names, by: { $0.utf8.elementsEqual($1.utf8) }) else {
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
      self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    places = Dictionary(
      uniqueKeysWithValues: self.names.enumerated().map { (Key(name: $1), Int32($0)) })
  }

  /// The names that occur in some columns.
  init(in columns: [CategoryColumn]) {
    var seen: Set<Key> = []
    for column in columns {
      var isUsed = [Bool](repeating: false, count: column.levels.count)
      for code in column.codes where code >= 0 { isUsed[Int(code)] = true }
      for (level, isUsed) in zip(column.levels, isUsed) where isUsed {
        seen.insert(Key(name: level))
      }
    }
    self.init(seen.map(\.name))
  }

  /// The number of identifiers.
  var count: Int { names.count }

  /// The place of a name, or nil.
  func place(of name: String) -> Int? { places[Key(name: name)].map(Int.init) }

  /// The place of a name that somebody writes, read as a cell of a table is.
  func place(ofCell cell: String) -> Int? { place(of: cell.trimmedAsCell) }

  /// For each row of a column the place of its name, -1 where it is missing or unknown.
  func places(in column: CategoryColumn) -> [Int32] {
    let placeOfLevel = column.levels.map { places[Key(name: $0)] ?? -1 }
    return column.codes.map { $0 < 0 ? -1 : placeOfLevel[Int($0)] }
  }
}
