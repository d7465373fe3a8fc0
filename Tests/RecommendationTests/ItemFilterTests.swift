// Filters against an obvious evaluation of the same conditions, item by item.
import NumericCore
import Tables
import TestSupport
import Testing

@testable import LearningTasks
@testable import ModelFormats
@testable import Recommendation
@testable import Storage

/// A condition whose text and truth are written down apart from the reader of filters.
private indirect enum Condition {
  case compare(column: Int, sign: String, value: Double)
  case among(column: Int, isIn: Bool, values: [String])
  case between(column: Int, Double, Double)
  case all(Condition, Condition)
  case any(Condition, Condition)

  static let names = ["line", "price", "stock left"]

  var text: String {
    func name(_ column: Int) -> String { column == 2 ? "'\(Self.names[2])'" : Self.names[column] }
    return switch self {
    case .compare(let column, let sign, let value): "\(name(column)) \(sign) \(value)"
    case .among(let column, let isIn, let values):
      "\(name(column)) \(isIn ? "in" : "NOT in") (\(values.map { "\"\($0)\"" }.joined(separator: ", ")))"
    case .between(let column, let low, let high): "\(name(column)) between \(low) and \(high)"
    case .all(let left, let right): "(\(left.text)) and (\(right.text))"
    case .any(let left, let right): "(\(left.text)) or (\(right.text))"
    }
  }

  func holds(_ line: String?, _ numbers: [Double]) -> Bool {
    func number(_ column: Int) -> Double { numbers[column - 1] }
    switch self {
    case .compare(let column, let sign, let value):
      let own = number(column)
      guard !own.isNaN else { return false }
      return switch sign {
      case "<": own < value
      case "<=": own <= value
      case ">": own > value
      case ">=": own >= value
      case "=": own == value
      default: own != value
      }
    case .among(let column, let isIn, let values):
      if column == 0 { return line.map { values.contains($0) == isIn } ?? false }
      let own = number(column)
      return !own.isNaN && values.compactMap(Double.init).contains(own) == isIn
    case .between(let column, let low, let high):
      return number(column) >= low && number(column) <= high
    case .all(let left, let right): return left.holds(line, numbers) && right.holds(line, numbers)
    case .any(let left, let right): return left.holds(line, numbers) || right.holds(line, numbers)
    }
  }

  static func random(_ depth: Int, _ random: inout SeededGenerator) -> Condition {
    switch Int.random(in: 0..<(depth == 0 ? 3 : 5), using: &random) {
    case 0:
      let signs = ["<", "<=", ">", ">=", "=", "!="]
      return .compare(
        column: Int.random(in: 1...2, using: &random),
        sign: signs[Int.random(in: 0..<6, using: &random)],
        value: Double(Int.random(in: -2...6, using: &random)))
    case 1:
      let column = Int.random(in: 0...2, using: &random)
      let values = (0...Int.random(in: 0...2, using: &random)).map { _ in
        column == 0
          ? ["toys", "model cars", "it's", "none"][Int.random(in: 0..<4, using: &random)]
          : "\(Int.random(in: 0...4, using: &random))"
      }
      return .among(column: column, isIn: Bool.random(using: &random), values: values)
    case 2:
      return .between(
        column: Int.random(in: 1...2, using: &random),
        Double(Int.random(in: 0...3, using: &random)),
        Double(Int.random(in: 0...5, using: &random)))
    case 3: return .all(.random(depth - 1, &random), .random(depth - 1, &random))
    default: return .any(.random(depth - 1, &random), .random(depth - 1, &random))
    }
  }
}

@Suite(.onOwnThread) struct ItemFilterTests {
  private static func items(_ lines: [String?], _ numbers: [[Double]]) throws -> ItemTable {
    let columns =
      [Column(name: "line", values: .category(CategoryColumn(lines)))]
      + (0..<2).map { place in
        Column(
          name: Condition.names[place + 1],
          values: .number(NumberColumn(numbers.map { $0[place] })))
      }
    return ItemTable(Table(columns: columns, rowCount: lines.count))
  }

  @Test func `any condition lets those items pass that an obvious evaluation does`() throws {
    var random = SeededGenerator(seed: 3)
    for count in [0, 1, 40] {
      let lines = (0..<count).map { _ in
        ["toys", "model cars", "it's", nil][Int.random(in: 0..<4, using: &random)]
      }
      let numbers = (0..<count).map { _ in
        (0..<2).map { _ in
          let value = Int.random(in: -2...5, using: &random)
          return value == -2 ? Double.nan : Double(value)
        }
      }
      let items = try Self.items(lines, numbers)
      for _ in 0..<200 {
        let condition = Condition.random(3, &random)
        let filter = try ItemFilter(condition.text, items: items)
        #expect(
          filter.passes == (0..<count).map { condition.holds(lines[$0], numbers[$0]) },
          "\(condition.text)")
      }
    }
  }

  @Test(arguments: [
    ("line in (toys,model cars)", [true, true, false]), ("LINE=toys", [true, false, false]),
    ("line != toys", [false, true, false]), ("stock-left >= 2", [false, true, true]),
    ("price < 2 or price > 2 and line = toys", [true, false, false]),
    ("line = 'it''s' or \"stock left\" = 3", [false, false, true]),
  ])
  func `names and values are read as people write them`(_ text: String, _ passes: [Bool]) throws {
    let items = try Self.items(["toys", "model cars", nil], [[1, 1], [2, 2], [2, 3]])
    #expect(try ItemFilter(text, items: items).passes == passes)
  }

  @Test(arguments: [
    ("pric < 3", 1, "'pric'"), ("price < dear", 9, "'dear'"), ("price < 3 and", 14, "the end"),
    ("line < 3", 6, "'<'"), ("line in toys", 9, "'toys'"), ("line in (toys", 14, "the end"),
    ("line = 'toys", 8, "a quote that nothing closes"), ("price ! 3", 7, "'!'"), ("", 1, "the end"),
    ("(price = 3", 11, "the end"), ("price = 3)", 10, "')'"), ("price in (3, x)", 14, "'x'"),
    ("price between 3 or 4", 17, "'or'"), ("line between a and b", 6, "'between'"),
    ("price = nan", 9, "'nan'"), ("and = 3", 1, "'and'"),
  ])
  func `what cannot be read is named with its place`(
    _ text: String, _ position: Int, _ found: String
  ) throws {
    let items = try Self.items(["toys"], [[1, 1]])
    #expect {
      _ = try ItemFilter(text, items: items)
    } throws: {
      guard
        case RecommendationError.badFilter(text, position, found, _, _)? =
          $0 as? RecommendationError
      else {
        Issue.record("\(text): \($0)")
        return false
      }
      return true
    }
  }

  @Test func `a text of many parentheses is refused and not followed`() throws {
    let items = try Self.items(["toys"], [[1, 1]])
    #expect(throws: RecommendationError.self) {
      try ItemFilter(String(repeating: "(", count: 100_000), items: items)
    }
  }

  @Test func `a value that no item has is told with the nearest one`() throws {
    let items = try Self.items(["toys", "model cars"], [[1, 1], [1, 1]])
    let filter = try ItemFilter("line in (toy, toys)", items: items)
    #expect(filter.passes == [true, false])
    #expect(
      filter.unknownValues == [
        ItemFilter.UnknownValue(column: "line", value: "toy", suggestion: "toys")
      ])
  }

  @Test func `the columns of items read back as they were written`() throws {
    for (lines, numbers): ([String?], [[Double]]) in [
      ([], []), (["ä", nil, "", "toys"], [[1, .nan], [.infinity, 0], [-0.5, 1e300], [2, 3]]),
    ] {
      let items = try Self.items(lines, numbers)
      let read = try ItemTable(
        SafetensorsFile(decoding: items.encoded()), count: lines.count)
      #expect(read.names == items.names)
      for (column, other) in zip(read.table.columns, items.table.columns) {
        for row in 0..<lines.count { #expect(column.text(row: row) == other.text(row: row)) }
      }
    }
  }

  @Test func `columns of items that are damaged are refused`() throws {
    let items = try Self.items(["toys", nil, "books"], [[1, 2], [3, 4], [5, 6]])
    let file = try SafetensorsFile(decoding: items.encoded())
    func refuses(_ change: (inout SafetensorsFile) -> Void) {
      var damaged = file
      change(&damaged)
      #expect {
        _ = try ItemTable(damaged, count: 3)
      } throws: { ($0 as? StorageError)?.kind == .corrupt }
    }
    refuses { $0.metadata = [:] }
    refuses { $0.metadata["columns"] = "[]]" }
    refuses {
      $0.metadata["columns"] = #"[{"name":"a","kind":"number"},{"name":"a","kind":"number"}]"#
    }
    refuses { $0.metadata["columns"] = #"[{"name":"a","kind":"text"}]"# }
    for name in file.tensors.keys {
      refuses { $0.tensors[name] = nil }
      refuses { $0.tensors[name] = Tensor([Float(1)]) }
    }
    refuses { $0.tensors["0.codes"] = Tensor([Int32(0), -1, 2]) }
    refuses { $0.tensors["0.codes"] = Tensor([Int32(0), -2, 1]) }
    refuses { $0.tensors["0.offsets"] = Tensor([Int64(0), 20, 9]) }
    refuses { $0.tensors["0.offsets"] = Tensor([Int64]()) }
    refuses { $0.tensors["0.levels"] = Tensor([UInt8](repeating: 255, count: 9)) }
    #expect(throws: StorageError.self) { try ItemTable(file, count: 2) }
  }
}
