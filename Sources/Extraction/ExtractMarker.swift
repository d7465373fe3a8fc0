// The file by which a folder is known to be `etl`'s, and whether it is complete. Its name starts
// with an underscore, so that readers of tables pass it over.

internal import Tables

/// `_etl.json` in a folder of partitions.
struct ExtractMarker: Codable {
  static let fileName = "_etl.json"

  /// Whether all partitions are those of one result.
  var isComplete: Bool
  var partitionBy: String
  /// The location without credentials, and the name of the query.
  var source: String
  var query: String
  var rows: Int
  var partitions: Int

  enum CodingKeys: String, CodingKey {
    case isComplete = "complete"
    case partitionBy = "partition_by"
    case source, query, rows, partitions
  }

  /// Reads the marker of a folder; nil if there is none, or one that cannot be read.
  init?(in folder: PartitionedFolder, files: [String]) throws {
    guard files.contains(Self.fileName) else { return nil }
    guard let marker = try? JSONDocument.value(Self.self, from: folder.read(Self.fileName)) else {
      return nil
    }
    self = marker
  }

  /// Tells if a location is a folder that `etl` did not finish.
  static func warnIfIncomplete(_ location: String, context: RunContext) {
    guard let folder = try? PartitionedFolder(at: location),
      let bytes = try? folder.read(fileName),
      let marker = try? JSONDocument.value(Self.self, from: bytes), !marker.isComplete
    else { return }
    context.warn([
      "\(folder.name): 'mlcore etl' did not finish writing this folder (\(fileName)); some partitions "
        + "may be old or missing"
    ])
  }

  init(isComplete: Bool, _ request: ExtractRequest, source: String, rows: Int, partitions: Int) {
    self.isComplete = isComplete
    partitionBy = request.partitionBy
    self.source = source
    query = request.query
    self.rows = rows
    self.partitions = partitions
  }

  func write(to folder: PartitionedFolder) throws {
    try folder.write(JSONDocument.text(of: self), to: Self.fileName)
  }
}
