// Numbers of more digits than a double holds.

import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct RoundedNumbersTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("9007199254740993", false), ("9007199254740992", true), ("0.30000000000000004", true),
    ("0.3000000000000000400", true), ("-1e22", true), ("9007199254740993.25", false),
    ("100000000000000000000000", true), ("1.25", true), ("000000000000000000001", true),
  ])
  func `a double holds a number if its shortest spelling is the same`(
    _ text: String, _ isHeld: Bool
  ) throws {
    let value = try #require(Double(text))
    let bytes = Array(text.utf8)
    #expect(bytes.withUnsafeBufferPointer { ExactNumber.isHeld($0, by: value) } == isHeld)
  }

  @Test(arguments: ["-9223372036854775808", "9223372036854775807", "-99999999999999999999"])
  func `an exponent beyond all integers is no more than a number that is not held`(
    _ exponent: String
  ) {
    for digits in ["12345678901234567.8", "12345678901234567000"] {
      let bytes = Array("\(digits)e\(exponent)".utf8)
      #expect(!bytes.withUnsafeBufferPointer { ExactNumber.isHeld($0, by: 0) })
    }
  }

  @Test func `large integers are exact as categories`() throws {
    let file = try folder.write(
      "id,n,x\n9007199254740992,1,0.12345678901234567891\n9007199254740993,2,1\n", to: "t.csv")
    let exact = try Table.read(from: file, options: ReadOptions(kinds: ["id": .category]))
    #expect(exact.notes.isEmpty)
    #expect(exact.table.strings("id") == ["9007199254740992", "9007199254740993"])
  }

  @Test(arguments: ["9007199254740993", " 9007199254740993 ", "\"-9007199254740993\""])
  func `digits that a number column loses are told`(_ cell: String) throws {
    let file = try folder.write("n,x,y\n1,1e300,0.12345678901234567891\n\(cell),1,1\n", to: "t.csv")
    let notes = try Table.read(from: file).notes
    #expect(notes.count == 1)
    #expect(notes.first?.contains("row 2, column 'n': the number ") == true)
    #expect(notes.first?.contains("9007199254740993 has more digits than a double holds") == true)
  }

  @Test func `whole decimals are integers or digits, others numbers as far as doubles hold them`()
    throws
  {
    let fixtures =
      #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/") + "/Fixtures"
    let file = fixtures + "/decimals.parquet"
    let names = ["whole", "wide", "beyond", "fraction", "held"]
    let categories = try Table.read(
      from: file,
      options: ReadOptions(
        kinds: Dictionary(uniqueKeysWithValues: names.map { (ByteText($0), .category) })))
    let expected = [
      ["9007199254740993", "9007199254740992", nil],
      ["9007199254740993", "-9007199254740993", nil],
      ["100000000000000000001", "7", nil],
      ["9007199254740993.25", "53.9", nil], ["12345678901234.5", "-0.1", nil],
    ]
    for (name, strings) in zip(names, expected) {
      #expect(categories.table.strings(name) == strings)
    }
    #expect(categories.notes.isEmpty)
    let numbers = try Table.read(from: file)
    #expect(numbers.table.numbers("held") == [12345678901234.5, -0.1, nil])
    #expect(numbers.notes.count == 4)
    for name in names.prefix(3) + ["fraction"] {
      #expect(numbers.notes.contains { $0.contains("row 1, column '\(name)'") })
    }
  }
}
