// Every kind of bad input ends in one precise error.

import Glibc
import Tables
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct BadInputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func error(
    _ text: String, _ options: ReadOptions = ReadOptions(), name: String = "data.csv"
  ) -> TableError? {
    tableError { _ = try Table.of(folder.write(text, to: name), options) }
  }

  private var file: String { folder.path + "/data.csv" }

  @Test func `a missing file`() {
    let path = folder.path + "/none.csv"
    let error = tableError { _ = try Table.of(path) }
    #expect(error == .notFound(path: path))
    #expect(error?.kind == .file)
  }

  @Test func `an empty file`() throws {
    #expect(error("") == .emptyFile(file: file))
    #expect(error("\n\r\n") == .emptyFile(file: file))
    let parquet = try folder.write("", to: "data.parquet")
    #expect(tableError { _ = try Table.of(parquet) } == .emptyFile(file: parquet))
  }

  @Test func `a header only`() {
    #expect(error("a,b\n") == .noRows(file: file))
    #expect(error("a,b\n\n\n") == .noRows(file: file))
  }

  @Test func `a ragged row with its line`() {
    #expect(error("a,b\n1,2\n3\n") == .raggedRow(file: file, line: 3, expected: 2, found: 1))
    #expect(
      error("a,b\n\"x\ny\",2\n\n3,4,5\n")
        == .raggedRow(file: file, line: 5, expected: 2, found: 3))
    #expect(
      error("1,2\r\n3,4,5\r\n", ReadOptions(hasHeader: false))
        == .raggedRow(file: file, line: 2, expected: 2, found: 3))
    let rows = String(repeating: "1,2\n", count: 2_000_000)
    #expect(
      error("a,b\n\(rows)5\n")
        == .raggedRow(file: file, line: 2_000_002, expected: 2, found: 1))
  }

  /// The second row is broken, which nobody gets to see.
  @Test func `more columns than the caller can use are refused before they are read`() throws {
    let text = "a,b,c\n1,2,3\n4\n"
    #expect(
      error(text, ReadOptions(mostColumns: 2))
        == .tooManyColumns(file: file, found: 3, limit: 2))
    let path = try folder.write("a,b,c\n1,2,3\n", to: "data.csv")
    #expect(try Table.of(path, ReadOptions(excluding: ["b"], mostColumns: 2)).columns.count == 2)
  }

  @Test func `duplicate column names`() {
    #expect(error("a,b, a\n1,2,3\n") == .duplicateColumn(file: file, name: "a"))
  }

  @Test func `invalid UTF-8 with its line`() throws {
    let bad = Array("a,b\n1,x\n2,".utf8) + [0xE9, 0x0A] + Array("3,z\n".utf8)
    let path = try folder.write(bad, to: "latin.csv")
    #expect(tableError { _ = try Table.of(path) } == .invalidUTF8(file: path, line: 3))
    let header = try folder.write([0xFF, 0xFE, 0x61, 0, 0x0A, 0], to: "utf16.csv")
    #expect(tableError { _ = try Table.of(header) } == .wideCharacters(file: header))
    // Among numbers it is found too, not only where strings are decoded.
    let rows = Array(String(repeating: "1,2\n", count: 500_000).utf8)
    let number = try folder.write(
      Array("a,b\n".utf8) + rows + [0xC3, 0x28, 0x2C, 0x31], to: "number.csv")
    #expect(tableError { _ = try Table.of(number) } == .invalidUTF8(file: number, line: 500_002))
  }

  @Test func `a line of ten megabytes`() {
    let long = String(repeating: "x", count: 10_000_000)
    let limit = 1 << 22
    #expect(
      error("a,b\n1,2\n3,\(long)\n")
        == .rowTooLong(file: file, line: 3, limit: limit, found: 10_000_002))
    #expect(error(long) == .rowTooLong(file: file, line: 1, limit: limit, found: 10_000_000))
  }

  @Test func `a quote that never closes`() {
    #expect(error("a,b\n1,2\n\"3,4\n5,6\n") == .unclosedQuote(file: file, line: 3))
  }

  @Test func `a forced or excluded column that does not exist`() {
    let expected = TableError.unknownColumn(file: file, name: "tenur", known: ["tenure", "x"])
    #expect(error("tenure,x\n1,2\n", ReadOptions(kinds: ["tenur": .text])) == expected)
    #expect(error("tenure,x\n1,2\n", ReadOptions(excluding: ["tenur"])) == expected)
    #expect(expected.description == "\(file): there is no column 'tenur'")
  }

  @Test func `a cell that is not of its forced kind`() {
    #expect(
      error("a,b\n1,2\n\"3\n\",4\n5, six \n", ReadOptions(kinds: ["b": .number]))
        == .badCell(
          file: file, row: 3, line: 5, column: "b", cell: " six ", expected: .number))
    #expect(
      error("a,b\n1,2024-01-01\n1,soon\n", ReadOptions(kinds: ["b": .timestamp]))
        == .badCell(
          file: file, row: 2, line: 3, column: "b", cell: "soon", expected: .timestamp))
  }

  @Test func `Parquet that is cut short, or none at all`() throws {
    try Table(
      columns: [Column(name: "x", values: .number(NumberColumn((0..<5_000).map { Double($0) })))],
      rowCount: 5_000
    ).write(to: folder.path + "/whole.parquet")
    let whole = try folder.bytes("whole.parquet")
    for count in [3, 8, whole.count / 2, whole.count - 1] {
      let path = try folder.write(Array(whole[..<count]), to: "cut.parquet")
      guard case .notParquet(path, _) = tableError({ _ = try Table.of(path) }) else {
        Issue.record("a file of \(count) bytes was read")
        continue
      }
    }
    let text = try folder.write("a,b\n1,2\n", to: "text.parquet")
    #expect(tableError { _ = try Table.of(text) }?.kind == .badData)
    // Without its ending, the first bytes still tell.
    let plain = try folder.write(whole, to: "plain")
    #expect(try Table.of(plain).rowCount == 5_000)
  }

  @Test func `a file or a folder without permission`() throws {
    let file = try folder.write("a\n1\n", to: "inner/data.csv")
    let inner = folder.path + "/inner"
    chmod(folder.path, 0o755)
    chmod(file, 0)
    #expect(asNobody { _ = try Table.of(file) } == .permissionDenied(path: file))
    chmod(inner, 0)
    let error = asNobody { _ = try Table.of(inner) }
    #expect(error == .permissionDenied(path: inner))
    #expect(error?.kind == .file)
    let output = inner + "/out.csv"
    let table = Table(columns: [], rowCount: 0)
    #expect(asNobody { try table.write(to: output) } == .permissionDenied(path: output))
    chmod(inner, 0o755)
  }

  /// The error of a call on files that is made without root's right to read and write everything.
  private func asNobody(_ body: () throws -> Void) -> TableError? {
    // Of this thread only. The Glibc module leaves the function out.
    typealias SetFileSystemUser = @convention(c) (uid_t) -> CInt
    guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return tableError(body) }
    let setFileSystemUser = unsafeBitCast(symbol, to: SetFileSystemUser.self)
    _ = setFileSystemUser(65_534)
    defer { _ = setFileSystemUser(0) }
    return tableError(body)
  }

  @Test func `every error has its facts in one line`() {
    let errors: [TableError] = [
      .notFound(path: "p"), .permissionDenied(path: "p"), .fileFailed(path: "p", reason: "r"),
      .remoteFailed(path: "p", reason: "r"), .badLocation(location: "l", reason: "r"),
      .unknownFormat(path: "p"), .noFiles(folder: "f"),
      .mixedFormats(folder: "f", delimited: "d", parquet: "p"), .emptyFile(file: "f"),
      .noRows(file: "f"), .duplicateColumn(file: "f", name: "n"),
      .unknownColumn(file: "f", name: "n", known: ["alpha", "beta"]),
      .missingColumn(file: "f", name: "n", known: []),
      .raggedRow(file: "f", line: 2, expected: 3, found: 1),
      .rowTooLong(file: "f", line: 2, limit: 3, found: 4), .invalidUTF8(file: "f", line: 2),
      .unclosedQuote(file: "f", line: 2),
      .badCell(
        file: "f", row: 1, line: nil, column: "c", cell: "x", expected: .number),
      .badDate(file: "f", row: 1, line: 2, column: "c", cell: "x", format: "%d"),
      .notParquet(file: "f", reason: "r"), .unsupportedColumn(file: "f", column: "c", reason: "r"),
      .unreadable(file: "f", reason: "r"), .badFileName(folder: "f", name: "n"),
      .invalidText(file: "f", column: "c"), .notAFolder(path: "p"), .noFolder(path: "p"),
      .nestedColumns(file: "f", columns: ["a", "b"]),
      .unreadable(file: "f", reason: "two\nlines"),
    ]
    for error in errors {
      #expect(!error.description.isEmpty && !error.description.contains("\n"))
    }
    #expect(errors[13].description == "f: line 2 has 1 field, expected 3")
    #expect(errors[17].description == "f: row 1, column 'c': found 'x', expected a number")
    #expect(errors[3].kind == .remote && errors[4].kind == .usage)
  }
}
