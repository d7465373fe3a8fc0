// The file by which a folder is known to be `etl`'s, and whether it is complete. Its name starts
// with an underscore, so that readers of tables pass it over.

package import Tables

/// `_etl.json` in a folder of partitions.
package struct ExtractMarker: Codable {
  package static let fileName = "_etl.json"

  /// Whether all partitions are those of one result.
  private var isComplete: Bool
  package var partitionBy: String
  /// The location without credentials, and the name of the query.
  private var source: String
  private var query: String
  private var rows: Int
  private var partitions: Int

  private enum CodingKeys: String, CodingKey {
    case isComplete = "complete"
    case partitionBy = "partition_by"
    case source, query, rows, partitions
  }

  /// Reads the marker of a folder; nil if there is none, or one that cannot be read.
  package init?(in folder: PartitionedFolder, files: [String]) throws {
    guard files.contains(Self.fileName) else { return nil }
    guard let marker = try? JSONDocument.value(Self.self, from: folder.read(Self.fileName)) else {
      return nil
    }
    self = marker
  }

  /// Tells if a location is a folder that `etl` did not finish.
  package static func warnIfIncomplete(_ location: String, context: RunContext) {
    guard let folder = try? PartitionedFolder(at: location),
      let bytes = try? folder.read(fileName),
      let marker = try? JSONDocument.value(Self.self, from: bytes), !marker.isComplete
    else { return }
    context.warn([
      "\(folder.name): 'mlcore etl' did not finish writing this folder (\(fileName)); some partitions "
        + "may be old or missing"
    ])
  }

  /// Describes the result of a query, or one that is being written.
  package init(
    isComplete: Bool, partitionBy: String, source: String, query: String, rows: Int,
    partitions: Int
  ) {
    self.isComplete = isComplete
    self.partitionBy = partitionBy
    self.source = source
    self.query = query
    self.rows = rows
    self.partitions = partitions
  }

  package func write(to folder: PartitionedFolder) throws {
    try folder.write(JSONDocument.text(of: self), to: Self.fileName)
  }
}
