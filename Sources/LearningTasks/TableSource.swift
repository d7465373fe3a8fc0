// Where a table is and how its text files are read.
import Storage
package import Tables

/// A table that is not read yet.
package struct TableSource: Sendable, Equatable {
  /// A file, a folder or an s3:// URI.
  package var location: String
  /// The character between cells, or "tab"; nil finds it out.
  package var delimiter: String?
  /// Whether the first line names the columns; nil does as in training.
  package var header: Bool?
  /// Whether columns of identifiers may be lacking, because the order tells whose a row is.
  package var mayLackIdentifiers = false

  /// Names a table.
  package init(location: String, delimiter: String? = nil, header: Bool? = nil) {
    self.location = location
    self.delimiter = delimiter
    self.header = header
  }

  /// The table as messages name it.
  package var shown: String { LocationText.shown(location) }

  /// The delimiter as a byte; nil finds it out.
  package var delimiterByte: UInt8? {
    delimiter == "tab" ? UInt8(ascii: "\t") : delimiter?.utf8.first
  }

  /// How the text files are read; a header is expected unless `header` denies it.
  package var format: ReadOptions {
    ReadOptions(delimiter: delimiterByte, hasHeader: header ?? true)
  }
}

extension Manifest.Input {
  /// Describes a table by the files that it was read from, and no others.
  ///
  /// - Throws: `TableError.fileChanged`.
  package init(_ location: String, files: [SourceFile]) throws {
    let parts = try files.map { file in
      (path: file.relativePath, fingerprint: try file.withBytes { Fingerprint(of: $0) })
    }
    let name = LocationText.recorded(location)
    if let only = parts.first, only.path == nil {
      self.init(name: name, fingerprint: only.fingerprint)
    } else {
      self.init(
        name: name,
        fingerprint: Fingerprint(
          of: parts.map { (path: $0.path ?? "", fingerprint: $0.fingerprint) }))
    }
  }
}
