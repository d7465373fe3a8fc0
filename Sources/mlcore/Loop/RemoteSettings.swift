// The places on other systems that pipeline.toml names, and how the loop reaches them: buckets through
// Tables, queues through Connectors.
import Connectors
import LoopContract
import Pipeline
import Tables

extension LoopSettings {
  private static let bucketScheme = "s3://"

  /// The parts of the loop that are on other systems.
  ///
  /// - Throws: `ConnectorError.badQueue`.
  func remoteParts() throws -> RemoteParts {
    let output = pipeline.predictionFolder
    let outputFolder: (any OutputFolder)? =
      if output.isEmpty {
        nil
      } else if output.hasPrefix(Self.bucketScheme) {
        BucketFolder(location: output)
      } else {
        LocalOutputFolder(path: Self.withoutSlash(output))
      }
    return RemoteParts(
      folders: pipeline.watching.folders.filter { $0.hasPrefix(Self.bucketScheme) }
        .map(BucketFolder.init),
      queue: pipeline.watching.queue.isEmpty
        ? nil : BucketQueue(queue: SQSQueue(try QueueLocation(pipeline.watching.queue))),
      output: outputFolder)
  }

  /// Checks the folders and the queue of a configuration that was read from a file of a home.
  ///
  /// - Throws: `CommandLineError`, `ConnectorError.badQueue`.
  func checkPlaces(file: String) throws {
    func complaint(_ key: String, _ value: String, _ expected: String, _ advice: String)
      -> CommandLineError
    {
      CommandLineError(
        facts: "\(file): \(key) has '\(LocationText.shown(value))', expected \(expected)",
        advice: advice, code: .usage)
    }
    let watching = pipeline.watching
    let output = pipeline.predictionFolder
    let places =
      watching.folders.map { (key: "watch.folders", place: $0) }
      + (output.isEmpty ? [] : [(key: "predict.folder", place: output)])
    for (key, place) in places {
      let isBucket = place.hasPrefix(Self.bucketScheme) && !Self.root(of: place).isEmpty
      guard isBucket || place.hasPrefix("/") else {
        throw complaint(
          key, place, "a path from the root, or s3://bucket/folder",
          "write the whole path, beginning with / or s3://")
      }
      guard LocationText.recorded(place) == place else {
        throw complaint(
          key, place, "a place without a key or a secret",
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where the loop is started")
      }
    }
    let roots = watching.folders.map(Self.root)
    if let twice = watching.folders.indices.first(where: { roots[..<$0].contains(roots[$0]) }) {
      throw complaint(
        "watch.folders", watching.folders[twice], "each folder once", "name it once")
    }
    let home = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    // What is predicted must not come back as something to predict.
    let closed = output.isEmpty ? [] : roots + [home, "\(home)/inbox"]
    let outputRoot = Self.root(of: output)
    if closed.contains(where: { Self.lies(outputRoot, in: $0) }) {
      throw complaint(
        "predict.folder", output, "a folder that is neither watched nor in the home",
        "choose another folder; the home has its own predictions")
    }
    // Names of predictions have folders in them, which may be those that lead to a watched one.
    if !output.isEmpty, let inner = roots.firstIndex(where: { Self.lies($0, in: outputRoot) }) {
      throw complaint(
        "predict.folder", output,
        "a folder in which none is watched, as '\(LocationText.shown(watching.folders[inner]))' is",
        "choose another folder")
    }
    guard !watching.queue.isEmpty else { return }
    _ = try QueueLocation(watching.queue)
    guard watching.folders.contains(where: { $0.hasPrefix(Self.bucketScheme) }) else {
      throw CommandLineError(
        facts: "\(file): watch.queue is set, but watch.folders has no folder of a bucket",
        advice: "add the folder that the queue tells of, as s3://bucket/folder", code: .usage)
    }
  }

  /// What places of objects in a folder begin with: `bucket/folder`, or the path from the root.
  static func root(of location: String) -> String {
    location.hasPrefix(bucketScheme) ? ObjectFolder.path(of: location) : withoutSlash(location)
  }

  /// Whether a place is a folder, or in it; both as `root` has them.
  private static func lies(_ place: String, in folder: String) -> Bool {
    "\(place)/".hasPrefix(folder.hasSuffix("/") ? folder : "\(folder)/")
  }

  private static func withoutSlash(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

/// A folder of a bucket.
private struct BucketFolder: RemoteFolder, OutputFolder {
  let name: String
  let root: String
  private let folder: ObjectFolder

  init(location: String) {
    root = LoopSettings.root(of: location)
    name = "s3://\(root)"
    folder = ObjectFolder(location)
  }

  func entries() throws -> [RemoteEntry] {
    try worded {
      try folder.entries().map {
        RemoteEntry(name: $0.name, size: $0.size, modified: $0.modified)
      }
    }
  }

  func stamp(of name: String) throws -> RemoteStamp? {
    try worded { try folder.stamp(of: name).map(Self.stamp) }
  }

  func fetch(
    _ name: String, to path: String, checkStopped: () throws -> Void
  ) throws -> RemoteStamp? {
    try worded {
      try folder.fetch(name, to: path, checkCancelled: checkStopped).map(Self.stamp)
    }
  }

  func put(_ path: String, as name: String) throws { try worded { try folder.put(path, as: name) } }

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
        throw PipelineError.remote(facts: error.description, advice: error.advice)
      }
      throw PipelineError.step(
        StepFailure(kind: .system, facts: error.description, advice: error.advice))
    }
  }
}

/// A queue that tells of objects in buckets.
private struct BucketQueue: ChangeQueue {
  let queue: SQSQueue

  var name: String { queue.name }

  func receive(wait: Int) throws -> [QueueMessage] {
    try worded {
      try queue.receive(wait: wait).map { message in
        let content: QueueMessage.Content =
          switch ObjectEvent(message.body) {
          case .written(let places): .written(places)
          case .other: .nothing
          case .unknown(let reason): .unknown(reason)
          }
        return QueueMessage(id: message.id, receipt: message.receipt, content: content)
      }
    }
  }

  func delete(_ messages: [QueueMessage]) throws {
    try worded { try queue.delete(receipts: messages.map(\.receipt)) }
  }

  func stop() { queue.stop() }

  private func worded<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch ConnectorError.stopped {
      throw PipelineError.stopped
    } catch let error as ConnectorError {
      throw PipelineError.remote(facts: error.description, advice: error.advice)
    }
  }
}
