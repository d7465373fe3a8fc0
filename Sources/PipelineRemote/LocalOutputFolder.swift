// Folders of this machine beside the home.
public import Pipeline
internal import Storage

/// A folder of this machine that predictions are copied to.
public struct LocalOutputFolder: OutputFolder {
  public let name: String

  /// Names a folder by its path from the root; it is made when it is needed.
  public init(path: String) { name = path }

  public func put(_ path: String, as name: String) throws {
    typealias Disk = Files<PipelineError>
    let target = "\(self.name)/\(name)"
    try Disk.makeFolder(Disk.parent(of: target))
    // One name for each, so that what a killed loop has left is written over.
    try Disk.copy(
      path, into: target, by: ".\(Disk.end(of: Disk.name(of: name), bytes: 240)).copy")
    try Disk.flush(Disk.parent(of: target))
  }
}
