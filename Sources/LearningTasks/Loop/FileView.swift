// The files of a training as one table: links in a folder, which is read as any folder of tables.
import Glibc
package import LoopContract
import Storage
package import Tables
package import Texts

/// Files that are read together.
package struct FileView {
  /// The folder that holds them under other names.
  let folder: String
  /// The columns that all files have.
  package let common: Set<ByteText>
  /// The columns that any file has.
  package let all: Set<ByteText>
  private let format: ReadOptions

  /// From here on numbers have one length, and their order is that of names.
  private static let firstNumber = 10_000_000

  /// Puts files into a folder, which is made.
  ///
  /// They are read in the order of their contents: that of their arrival, which a restart may change,
  /// changes nothing.
  ///
  /// - Parameter inOrder: reads them in the order in which they are given instead.
  /// - Throws: `TaskError.notAFolder`, `StorageError`, `TableError`.
  package init(
    _ files: [StepFile], in folder: String, delimiter: UInt8?, header: Bool, inOrder: Bool = false
  ) throws {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw TaskError.notAFolder(path: folder)
    }
    format = ReadOptions(delimiter: delimiter, hasHeader: header)
    let isMixed = Set(files.map { Self.isParquet($0.path) }).count > 1
    var common: Set<ByteText>?
    for (index, file) in files.enumerated() {
      let names = Set(texts: try Table.columnNames(of: file.path, options: format))
      common = common?.intersection(names) ?? names
      let isConverted = isMixed && !Self.isParquet(file.path)
      let order = inOrder ? "\(Self.firstNumber + index)-" : file.order.map { "\($0)-" } ?? ""
      let ending = isConverted ? ".parquet" : Self.ending(of: file.path)
      let place = "\(folder)/\(order)\(file.sha256)\(ending)"
      if isConverted {
        // Only tables of one format are read together. Cells stay as they are written until all
        // files of a column have one kind.
        var options = format
        for name in names { options.kinds[name] = .text }
        try Table.read(from: file.path, options: options).table.write(to: place)
      } else if link(file.path, place) != 0, errno != EEXIST, symlink(file.path, place) != 0 {
        // A link of the second kind does where objects lie on another file system.
        throw StorageError.system(.create, path: place, errorNumber: errno)
      }
    }
    self.folder = folder
    self.common = common ?? []
    all = Set(texts: try Table.columnNames(of: folder, options: format))
  }

  /// Reads some of the columns.
  ///
  /// - Parameter options: what is known of columns and cells; other columns may be named too.
  /// - Throws: `TableError`.
  package func read(_ wanted: Set<ByteText>, options: ReadOptions, threads: Int) throws
    -> ReadResult
  {
    var options = options
    options.delimiter = format.delimiter
    options.hasHeader = format.hasHeader
    options.kinds = options.kinds.filter { wanted.contains($0.key) }
    options.dates = options.dates.filter { wanted.contains($0.key) }
    options.excluding = all.subtracting(wanted)
    options.threads = threads
    return try Table.read(from: folder, options: options)
  }

  /// The rows of each file, by its content.
  package static func rows(of read: ReadResult) -> [String: Range<Int>] {
    var rowsOf: [String: Range<Int>] = [:]
    var start = 0
    for (file, count) in zip(read.files, read.fileRows) {
      let name = file.relativePath?.split(separator: ".").first
      let sha256 = name?.split(separator: "-").last.map(String.init) ?? ""
      rowsOf[sha256] = start..<start + count
      start += count
    }
    return rowsOf
  }

  private static func isParquet(_ path: String) -> Bool {
    ["parquet", "parq", "pq"].contains { path.hasSuffix(".\($0)") }
  }

  /// The ending that says how a file is read.
  private static func ending(of path: String) -> String {
    ["tsv", "txt", "parquet", "parq", "pq"].map { ".\($0)" }.first { path.hasSuffix($0) } ?? ".csv"
  }
}

extension Table {
  /// Some rows as a table of their own.
  package func selecting(_ rows: [Int32]) -> Table {
    Table(columns: columns.map { $0.selecting(rows) }, rowCount: rows.count)
  }
}
