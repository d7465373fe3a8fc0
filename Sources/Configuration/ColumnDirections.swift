// Monotone constraints as text: columns with a direction each, `tenure=-1,MonthlyCharges=1`.
import Texts

/// Reads and writes the directions of columns.
enum ColumnDirections {
  /// Reads directions; nil if the text is something else or names a column twice.
  ///
  /// A comma that no direction stands before is a part of a name, and so is any but the last
  /// equals sign.
  static func parse(_ text: String) -> [ByteText: Int]? {
    var directions: [ByteText: Int] = [:]
    var unfinished: [Substring] = []
    guard !text.isEmpty else { return directions }
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      unfinished.append(piece)
      let item = unfinished.joined(separator: ",")
      guard let equals = item.lastIndex(of: "="),
        let direction = Int(item[item.index(after: equals)...])
      else { continue }
      let name = item[..<equals]
      guard !name.isEmpty, directions.updateValue(direction, forKey: ByteText(String(name))) == nil
      else {
        return nil
      }
      unfinished = []
    }
    return unfinished.isEmpty ? directions : nil
  }

  /// Whether a text has directions, all of which a model can keep to.
  static func areUsable(_ text: String) -> Bool {
    parse(text)?.values.allSatisfy { (-1...1).contains($0) } ?? false
  }

  /// Writes directions, in the order of the names.
  static func text(_ directions: [ByteText: Int]) -> String {
    directions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }
}
