// Finds the files of a table: one file, or those of a folder with the values in its sub-folders'
// names (Hive partitions, `country=fr/part-0.parquet`).

internal import Texts

/// The files of one table, all of one format.
struct DataFiles: Sendable {
  enum Format: Sendable {
    case delimited
    case parquet
  }

  let format: Format
  let files: [FileContents]
  /// The paths of the files below the folder; nil for a file that was named itself.
  let relativePaths: [String?]
  /// The names of the partition columns.
  let partitionNames: [String]
  /// For each file the values of its partition columns; nil is missing.
  let partitionValues: [[String?]]

  /// Finds and opens the files at a location.
  init(at location: DataLocation) throws {
    if try location.kind() == .file {
      let file = try location.contents(of: nil)
      let isParquet = Self.format(ofName: location.path) == .parquet || file.looksLikeParquet
      format = isParquet ? .parquet : .delimited
      files = [file]
      relativePaths = [nil]
      partitionNames = []
      partitionValues = [[]]
      return
    }
    let paths = try location.filesBelow().filter(Self.isVisible)
    let delimited = paths.filter { Self.format(ofName: $0) == .delimited }
    let parquet = paths.filter { Self.format(ofName: $0) == .parquet }
    if let text = delimited.first, let other = parquet.first {
      throw TableError.mixedFormats(folder: location.name, delimited: text, parquet: other)
    }
    let chosen = delimited.isEmpty ? parquet : delimited
    guard !chosen.isEmpty else { throw TableError.noFiles(folder: location.name) }
    format = delimited.isEmpty ? .parquet : .delimited
    files = try chosen.map { try location.contents(of: $0) }
    relativePaths = chosen
    let keys = chosen.map(Self.partitions)
    var names: [String] = []
    for key in keys.joined() where !names.contains(bytesOf: key.name) { names.append(key.name) }
    partitionNames = names
    partitionValues = keys.map { keys in
      names.map { name in keys.last { $0.name.hasSameBytes(as: name) }?.value }
    }
  }

  private static func format(ofName name: String) -> Format? {
    switch name.split(separator: ".").last?.lowercased() {
    case "csv", "tsv", "txt": .delimited
    case "parquet", "parq", "pq": .parquet
    default: nil
    }
  }

  /// Whether a file in a folder is read as a part of the table.
  static func isData(_ path: String) -> Bool { isVisible(path) && format(ofName: path) != nil }

  /// Whether no part of a path is hidden, as `.git` and `_delta_log` are, but `_id=7` is not.
  private static func isVisible(_ path: String) -> Bool {
    path.utf8.split(separator: UInt8(ascii: "/")).allSatisfy {
      $0.first != UInt8(ascii: ".")
        && ($0.first != UInt8(ascii: "_") || $0.contains(UInt8(ascii: "=")))
    }
  }

  private static func partitions(of path: String) -> [(name: String, value: String?)] {
    path.utf8.split(separator: UInt8(ascii: "/")).dropLast().compactMap(HivePath.partition)
  }
}
