// The columns of a training table with their kinds, for people.
import Tables
import Tabular

/// Lays columns out in lines.
enum ColumnKindText {
  /// One line per column, at most so many.
  static func lines(_ columns: [ColumnDescription], most: Int = .max) -> [String] {
    let shown = columns.prefix(most)
    let width = min(32, shown.map { $0.name.oneLine.count }.max() ?? 0)
    return ["columns"]
      + shown.map { column in
        let kind = column.kind?.rawValue ?? "-"
        let role = column.role == .feature ? "" : " (\(column.role.rawValue))"
        return "  \(column.name.oneLine.padded(width))  \((kind + role).padded(18))  "
          + column.reason.oneLine
      }
      + (columns.count > most
        ? ["  and \((columns.count - most).grouped) more: mlcore inspect shows all"] : [])
  }
}
