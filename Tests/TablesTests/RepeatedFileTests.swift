// Folders in which a file or a folder goes by several names, and places that are read.

import Glibc
import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct RepeatedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `links back into the folder and further names add nothing`() throws {
    try folder.write("x\n1\n2\n", to: "data/b.csv")
    try folder.write("x\n3\n", to: "other/c.csv")
    let data = "\(folder.path)/data"
    #expect(symlink("../data", "\(data)/self") == 0)
    #expect(symlink("b.csv", "\(data)/a.csv") == 0)
    #expect(link("\(data)/b.csv", "\(data)/z.csv") == 0)
    #expect(symlink("../other", "\(data)/more") == 0)
    #expect(symlink("../data", "\(folder.path)/other/back") == 0)
    let result = try Table.read(from: data)
    #expect(result.table.numbers("x") == [1, 2, 3])
    #expect(result.files.map(\.relativePath) == ["b.csv", "more/c.csv"])
    #expect(
      result.notes == [
        "\(data): passed over other names of files that are read anyway: "
          + "a.csv, more/back, self, z.csv"
      ])
  }

  @Test func `a file with names in several partitions is a part of each`() throws {
    let file = try folder.write("x\n1\n2\n", to: "c=fr/p.csv")
    try folder.write("x\n3\n", to: "c=de/own.csv")
    #expect(link(file, "\(folder.path)/c=de/p.csv") == 0)
    #expect(link(file, "\(folder.path)/c=de/q.csv") == 0)
    #expect(symlink("c=fr", "\(folder.path)/latest") == 0)
    #expect(symlink("c=fr/p.csv", "\(folder.path)/newest.csv") == 0)
    let result = try Table.read(from: folder.path)
    #expect(result.table.numbers("x") == [3, 1, 2, 1, 2])
    #expect(result.table.strings("c") == ["de", "de", "de", "fr", "fr"])
    #expect(result.notes.count == 1)
    #expect(result.notes.first?.hasSuffix("anyway: c=de/q.csv, latest, newest.csv") == true)
  }

  @Test(arguments: [[0x61, 0xE9, 0x2E, 0x63, 0x73, 0x76], [0xFF]] as [[UInt8]])
  func `a name that is not UTF-8 is an error`(_ name: [UInt8]) throws {
    try folder.write("x\n1\n", to: "a.csv")
    var path = Array("\(folder.path)/".utf8CString.dropLast()) + name.map { CChar(bitPattern: $0) }
    path.append(0)
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
    try #require(descriptor >= 0)
    close(descriptor)
    defer { unlink(path) }
    let shown = name.count == 1 ? "\\xFF" : "a\\xE9.csv"
    let error = tableError { _ = try Table.of(folder.path) }
    #expect(error == .badFileName(folder: folder.path, name: shown))
    #expect(error?.kind == .file)
    #expect(error?.description == "\(folder.path): the name '\(shown)' of a file is not UTF-8")
  }

  @Test func `what is passed over beside tables is named`() throws {
    try folder.write("x\n1\n", to: "a.csv")
    try folder.write([0x1F, 0x8B, 8, 0], to: "b.csv.gz")
    #expect(symlink("nowhere", "\(folder.path)/c.csv") == 0)
    #expect(
      try Table.read(from: folder.path).notes == [
        "\(folder.path): passed over files that are not tables: b.csv.gz",
        "\(folder.path): passed over names that lead to no file: c.csv",
      ])
    #expect(remove("\(folder.path)/a.csv") == 0)
    #expect(
      tableError { _ = try Table.of(folder.path) }
        == .compressed(file: "\(folder.path)/b.csv.gz", format: "gzip"))
  }

  @Test func `a place that is read is known by any name`() throws {
    let file = try folder.write("x\n1\n", to: "data/sub/a.csv")
    try folder.write("x\n1\n", to: "elsewhere/b.csv")
    let data = "\(folder.path)/data"
    #expect(link(file, "\(folder.path)/hard.csv") == 0)
    #expect(symlink("data", "\(folder.path)/soft") == 0)
    #expect(symlink("../elsewhere", "\(data)/linked") == 0)
    let place = try InputPlace("\(folder.path)/soft/")
    for inside in [
      data, "\(data)/new.csv", "\(data)/new/m", "\(folder.path)/hard.csv",
      "\(folder.path)/soft/../data/sub/n.csv", "\(folder.path)/elsewhere/n.csv",
    ] {
      #expect(place.contains(inside), "\(inside)")
    }
    for outside in [
      "\(folder.path)/n.csv", "\(folder.path)/data2/n.csv", "s3://bucket/key",
      "\(folder.path)/nowhere/n.csv",
    ] {
      #expect(!place.contains(outside), "\(outside)")
    }
    #expect(try InputPlace(file).contains("\(folder.path)/soft/sub/a.csv"))
    #expect(try !InputPlace(file).contains("\(file)/m"))
    #expect(place.lies(in: folder.path) && !place.lies(in: "\(folder.path)/elsewhere"))
    #expect(try InputPlace("s3://bucket/a/?x=1").contains("s3://bucket/a/b.csv"))
    #expect(try !InputPlace("s3://bucket/a").contains("s3://bucket/ab"))
  }
}
