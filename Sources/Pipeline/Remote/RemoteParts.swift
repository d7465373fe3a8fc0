// What the loop knows of other systems: folders whose objects it fetches, a queue that tells of new
// ones, and a folder that predictions are copied to. How they are reached is for others to know.
//
// Listing is the truth. A notice says only where to look sooner, so that one that comes twice, too
// late, in the wrong order or never changes nothing but the time that it takes.
internal import Texts

/// One state of an object.
public struct RemoteStamp: Sendable, Hashable {
  /// The size in bytes.
  public var size: Int
  /// When it was written, in seconds since 1970.
  public var modified: Int
  /// What differs where contents differ.
  public var tag: String
  /// The version of the object; empty where none are kept.
  public var version: String

  /// Describes a state.
  public init(size: Int, modified: Int, tag: String, version: String = "") {
    self.size = size
    self.modified = modified
    self.tag = tag
    self.version = version
  }
}

/// An object, as a listing has it.
public struct RemoteEntry: Sendable {
  /// The path below the folder.
  public var name: String
  /// The size in bytes.
  public var size: Int
  /// When it was written, in seconds since 1970.
  public var modified: Int

  /// Describes an object.
  public init(name: String, size: Int, modified: Int) {
    self.name = name
    self.size = size
    self.modified = modified
  }
}

extension RemoteEntry: Hashable {
  /// Whether all is the same, the name by its bytes.
  public static func == (left: RemoteEntry, right: RemoteEntry) -> Bool {
    left.key == right.key && left.size == right.size && left.modified == right.modified
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(key)
    hasher.combine(size)
    hasher.combine(modified)
  }

  /// The name by its bytes: systems elsewhere keep apart what Unicode calls the same.
  var key: ByteText { ByteText(name) }
}

/// A folder of objects on another system, each of which is replaced as a whole.
///
/// All calls may take their time, and throw `PipelineError.remote` where the other system is to blame.
public protocol RemoteFolder: Sendable {
  /// The folder as people see it and as the ledger has it: without secrets.
  var name: String { get }
  /// The beginning of the places of its objects in notices, without a slash at the end.
  var root: String { get }
  /// All objects in it and below.
  func entries() throws -> [RemoteEntry]
  /// What an object is now; nil if there is none.
  func stamp(of name: String) throws -> RemoteStamp?
  /// Copies an object into a new file.
  ///
  /// - Parameter checkStopped: throws when the loop is to end.
  /// - Returns: the state that was copied, whole; nil if there is no such object.
  func fetch(
    _ name: String, to path: String, checkStopped: () throws -> Void
  ) throws -> RemoteStamp?
}

/// A folder that files are copied to.
public protocol OutputFolder: Sendable {
  /// The folder as people see it and as the ledger has it: without secrets.
  var name: String { get }
  /// Copies a file, whole or not at all, over one of the same name.
  func put(_ path: String, as name: String) throws
}

/// A message of a queue.
public struct QueueMessage: Sendable {
  /// What a message says.
  public enum Content: Sendable, Equatable {
    /// The places of objects that were written, such as `bucket/folder/name.csv`.
    case written([String])
    /// Nothing that matters here.
    case nothing
    /// A text that is no event, and the reason.
    case unknown(String)
  }

  /// The same each time that the message is received.
  public var id: String
  /// What is needed to delete it.
  public var receipt: String
  /// What it says.
  public var content: Content

  /// Describes a message.
  public init(id: String, receipt: String, content: Content) {
    self.id = id
    self.receipt = receipt
    self.content = content
  }
}

/// A queue of messages, each of which comes again until it is deleted.
public protocol ChangeQueue: Sendable {
  /// The queue as people see it.
  var name: String { get }
  /// Waits for messages, at most for some seconds.
  ///
  /// - Throws: `PipelineError.remote`, and `.stopped` after `stop`.
  func receive(wait: Int) throws -> [QueueMessage]
  /// Deletes messages.
  func delete(_ messages: [QueueMessage]) throws
  /// Ends a wait, and all that follow.
  func stop()
}

/// Everything of other systems that a loop works with.
public struct RemoteParts: Sendable {
  /// The folders that are watched.
  public var folders: [any RemoteFolder]
  /// The queue that tells of new objects in them.
  public var queue: (any ChangeQueue)?
  /// Where predictions are copied to, besides the home.
  public var output: (any OutputFolder)?

  /// Names the parts.
  public init(
    folders: [any RemoteFolder] = [], queue: (any ChangeQueue)? = nil,
    output: (any OutputFolder)? = nil
  ) {
    self.folders = folders
    self.queue = queue
    self.output = output
  }
}
