// Folders of buckets, through Tables.
internal import LoopContract
public import Pipeline
internal import Tables

/// Says in one line what to do about the error of another system.
public typealias RemoteAdvice = @Sendable (any Error) -> String

/// A folder of a bucket.
public struct BucketFolder: RemoteFolder, OutputFolder {
  public let name: String
  public let root: String
  private let folder: ObjectFolder
  private let advice: RemoteAdvice

  /// Names a folder as `s3://bucket/folder`.
  public init(location: String, advice: @escaping RemoteAdvice) {
    self.advice = advice
    root = ObjectFolder.path(of: location)
    name = "s3://\(root)"
    folder = ObjectFolder(location)
  }

  public func entries() throws -> [RemoteEntry] {
    try worded {
      try folder.entries().map {
        RemoteEntry(name: $0.name, size: $0.size, modified: $0.modified)
      }
    }
  }

  public func stamp(of name: String) throws -> RemoteStamp? {
    try worded { try folder.stamp(of: name).map(Self.stamp) }
  }

  public func fetch(
    _ name: String, to path: String, checkStopped: () throws -> Void
  ) throws -> RemoteStamp? {
    try worded {
      try folder.fetch(name, to: path, checkCancelled: checkStopped).map(Self.stamp)
    }
  }

  public func put(_ path: String, as name: String) throws {
    try worded { try folder.put(path, as: name) }
  }

  private static func stamp(_ stamp: ObjectFolder.Stamp) -> RemoteStamp {
    RemoteStamp(
      size: stamp.size, modified: stamp.modified, tag: stamp.tag, version: stamp.version)
  }

  /// Makes errors of tables those of the loop: of the bucket, or of this machine's disk.
  private func worded<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as TableError {
      if error.description.hasPrefix("s3://") {
        throw PipelineError.remote(facts: error.description, advice: advice(error))
      }
      throw PipelineError.step(
        StepFailure(kind: .system, facts: error.description, advice: advice(error)))
    }
  }
}
