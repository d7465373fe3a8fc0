// Any bytes to a file that is complete or absent, on disk or in a bucket.

internal import CArrow

/// A file at a local path or an `s3://` URI.
public enum DataOutput {
  /// Writes a file from parts.
  ///
  /// A local file is written beside its place, synced and renamed; a remote one appears when it is
  /// complete. Nothing is left behind when `body` throws.
  /// - Parameter body: calls its argument with one part of the file after the other.
  /// - Throws: a `TableError`, and what `body` throws.
  public static func write(
    to location: String, _ body: (_ append: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    try open(location) { output, location in
      try body { bytes in
        try location.check {
          mlc_output_write(output, bytes, Int64(bytes.count), $0) ? () : nil
        }
      }
    }
  }

  /// Opens a file that takes its name when `body` returns.
  static func open(
    _ location: String, _ body: (_ output: OpaquePointer, _ location: DataLocation) throws -> Void
  ) throws {
    func fill(_ location: DataLocation) throws {
      let output = try location.openOutput()
      defer { mlc_output_free(output) }
      try body(output, location)
      try location.check { mlc_output_close(output, $0) ? () : nil }
    }
    if location.hasPrefix("s3://") {
      try fill(DataLocation(location))
    } else {
      try LocalReplacement.write(location) { try fill(DataLocation($0)) }
    }
  }
}
