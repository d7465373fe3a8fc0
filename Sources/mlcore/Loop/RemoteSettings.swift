// The places on other systems that pipeline.toml names.
import Connectors
import Pipeline
import PipelineRemote
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
        ? nil : BucketQueue(try QueueLocation(pipeline.watching.queue)),
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
