// Rows of a table of interactions whose user or item a training does not know.
import Tables
import Texts

/// Pairs of users and items of which at least one is not known.
///
/// A known user or item has its place. Others are numbered on, in the order of their first rows.
struct UnknownPairs: Sendable {
  /// The user of each row.
  private(set) var users: [Int32] = []
  /// The item of each row.
  private(set) var items: [Int32] = []
  /// How many users, and how many items, are not known.
  var userCount: Int { newUsers.count }
  var itemCount: Int { newItems.count }

  private let knownUsers: Int
  private let knownItems: Int
  private var newUsers: [ByteText: Int32] = [:]
  private var newItems: [ByteText: Int32] = [:]

  /// No pairs yet, beside some known users and items.
  init(knownUsers: Int, knownItems: Int) {
    self.knownUsers = knownUsers
    self.knownItems = knownItems
  }

  /// Adds a row; places are -1 for what is not known.
  mutating func add(user: String, place userPlace: Int32, item: String, place itemPlace: Int32) {
    users.append(
      userPlace >= 0 ? userPlace : Self.number(user, after: knownUsers, in: &newUsers))
    items.append(
      itemPlace >= 0 ? itemPlace : Self.number(item, after: knownItems, in: &newItems))
  }

  private static func number(
    _ name: String, after known: Int, in numbers: inout [ByteText: Int32]
  ) -> Int32 {
    let next = Int32(known + numbers.count)
    if let number = numbers[ByteText(name)] { return number }
    numbers[ByteText(name)] = next
    return next
  }
}
