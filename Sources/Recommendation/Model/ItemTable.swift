// What the tables of a training said of each item: what filters and caps of categories ask. The
// towers have learnt from some of it; the values here are as they were written.
import LearningTasks
import ModelFormats
import Storage
import Tables
import Texts

/// The columns of the items, a row for each item in the order of the model.
struct ItemTable: Sendable {
  /// The file of a run folder; a model whose items have no columns has none.
  static let fileName = "model/items.safetensors"

  /// Columns of categories and of numbers.
  let table: Table

  /// The names of all columns.
  var names: [String] { table.columns.map(\.name) }

  /// Takes columns of categories and of numbers.
  init(_ table: Table) { self.table = table }

  /// Items without columns.
  init(count: Int) { table = Table(columns: [], rowCount: count) }

  /// Takes all columns of a table of items, but its identifiers and free texts.
  init(_ own: RecommenderReader.Entities, of items: EntityIndex) {
    var rowOf = [Int32](repeating: 0, count: items.count)
    for (row, place) in items.places(in: own.ids).enumerated() { rowOf[Int(place)] = Int32(row) }
    self.table = Table(
      columns: own.table.columns.filter { !$0.name.hasSameBytes(as: own.name) }.compactMap {
        let column = $0.selecting(rowOf)
        return switch column.values {
        case .category: column
        case .number(let values), .timestamp(let values):
          Column(name: column.name, values: .number(NumberColumn(values.doubles())))
        case .text: nil
        }
      }, rowCount: items.count)
  }

  /// Takes the features of items that the rows of interactions tell.
  init(_ features: EntityColumns) {
    table = Table(
      columns: features.categories.map { Column(name: $0.name, values: .category($0.values)) }
        + features.numbers.map { Column(name: $0.name, values: .number($0.values)) },
      rowCount: features.count)
  }

  /// The column of a name, capitals and separators aside where that is clear; nil if there is none.
  func column(named name: String) -> Column? {
    if let column = table[name] { return column }
    let alike = table.columns.filter {
      RecommenderColumns.plain($0.name) == RecommenderColumns.plain(name)
    }
    return alike.count == 1 ? alike[0] : nil
  }
}

extension ItemTable {
  /// What the file says of a column; its values are tensors.
  private struct Heading: Codable {
    var name: String
    var kind: ColumnKind
  }

  /// The bytes of the file: the columns' names and kinds as metadata `columns`, and for column `n`
  /// the tensor `n.values` of float64, or `n.codes` of int32 with the levels' UTF-8 in `n.levels`,
  /// which level `l` has from `n.offsets[l]` on.
  func encoded() throws -> [UInt8] {
    var file = SafetensorsFile()
    let headings = table.columns.map { Heading(name: $0.name, kind: $0.kind) }
    file.metadata["columns"] = try JSONDocument.text(of: headings)
    for (place, column) in table.columns.enumerated() {
      switch column.values {
      case .category(let values):
        file.tensors["\(place).codes"] = Tensor(values.codes)
        file.tensors["\(place).levels"] = Tensor(values.levels.flatMap { Array($0.utf8) })
        var offsets: [Int64] = [0]
        for level in values.levels {
          offsets.append(offsets[offsets.count - 1] + Int64(level.utf8.count))
        }
        file.tensors["\(place).offsets"] = Tensor(offsets)
      case .number(let values), .timestamp(let values):
        file.tensors["\(place).values"] = Tensor(values.doubles())
      case .text: preconditionFailure("a column of texts")
      }
    }
    return file.encoded()
  }

  /// Checks a file that claims to be the columns of some items; nothing in it is believed.
  ///
  /// - Throws: `StorageError.corrupt`.
  init(_ file: SafetensorsFile, count: Int) throws {
    func corrupt(_ item: String, _ found: String, _ expected: String) -> StorageError {
      .corrupt(file: file.file, item: item, found: found, expected: expected)
    }
    let headings = try CheckedJSON.value(
      [Heading].self, from: file.metadata("columns").utf8, file: file.file,
      place: "metadata columns", expected: "the columns that training wrote")
    guard Set(texts: headings.map(\.name)).count == headings.count else {
      throw corrupt("metadata columns", "two columns of the same name", "different names")
    }
    let columns = try headings.enumerated().map { place, heading in
      switch heading.kind {
      case .number:
        let values = try file.tensor("\(place).values", as: Double.self, shape: [count])
        return Column(name: heading.name, values: .number(NumberColumn(values)))
      case .category:
        let codes = try file.tensor("\(place).codes", as: Int32.self, shape: [count])
        let bytes = try file.tensor("\(place).levels", as: UInt8.self)
        let offsets = try file.tensor("\(place).offsets", as: Int64.self)
        guard offsets.first == 0, offsets.last == Int64(bytes.count),
          zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw corrupt("tensor \(place).offsets", "out of order", "ascending places") }
        let levels = try zip(offsets, offsets.dropFirst()).map { low, high in
          guard let level = String(validating: bytes[Int(low)..<Int(high)], as: UTF8.self) else {
            throw corrupt("tensor \(place).levels", "bytes that are no text", "UTF-8")
          }
          return level
        }
        guard Set(texts: levels).count == levels.count else {
          throw corrupt("tensor \(place).levels", "a category twice", "different categories")
        }
        guard codes.allSatisfy({ -1 <= $0 && Int($0) < levels.count }) else {
          throw corrupt(
            "tensor \(place).codes", "a code beyond the categories", "-1 to \(levels.count - 1)")
        }
        return Column(
          name: heading.name, values: .category(CategoryColumn(codes: codes, levels: levels)))
      case .timestamp, .text:
        throw corrupt(
          "metadata columns", "a column of kind \(heading.kind.rawValue)", "category or number")
      }
    }
    table = Table(columns: columns, rowCount: count)
  }
}
