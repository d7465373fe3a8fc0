// What the names of a file's columns must be, in every format.

internal import Texts

/// Checks of column names.
enum ColumnNames {
  /// Refuses two columns of one name, and names that C strings do not hold.
  ///
  /// - Throws: `TableError.duplicateColumn`, `TableError.badColumnName`.
  static func check(_ names: [String], file: String) throws {
    var seen: Set<ByteText> = []
    for (place, name) in names.enumerated() {
      guard !name.utf8.contains(0) else {
        throw TableError.badColumnName(file: file, column: place + 1)
      }
      guard seen.insert(ByteText(name)).inserted else {
        throw TableError.duplicateColumn(file: file, name: name)
      }
    }
  }
}
