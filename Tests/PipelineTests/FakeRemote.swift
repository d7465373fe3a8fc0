// Buckets, queues and output folders that are nothing but memory, and fail when they are told to.
import Foundation
import LoopContract
import Synchronization
import Texts

@testable import Pipeline

/// A folder of a bucket.
final class FakeFolder: RemoteFolder {
  struct Object {
    var text: String
    var modified: Int
    var tag: String
  }

  struct State {
    var objects: [ByteText: Object] = [:]
    /// The clock of the bucket, in seconds.
    var clock = 1_000
    var count = 0
    /// Whether nothing answers.
    var isAway = false
    /// Objects that cannot be fetched.
    var broken: Set<String> = []
    /// Objects that listings lack, as if they were older.
    var unlisted: Set<String> = []
    /// Objects that nothing can be said of.
    var closed: Set<String> = []
    /// Objects that are not there the next time that they are fetched.
    var late: Set<String> = []
    var listings = 0
    var fetched: [String] = []
  }

  let name = "fake://lake/in"
  let root = "lake/in"
  let state = Mutex(State())

  static let away = PipelineError.remote(facts: "fake://lake/in: away", advice: "wait")

  /// Writes an object, in a second of its own unless another is given.
  func put(_ name: String, _ text: String, at second: Int? = nil) {
    state.withLock { state in
      state.clock += 1
      state.count += 1
      state.objects[ByteText(name)] = Object(
        text: text, modified: second ?? state.clock, tag: "tag-\(state.count)")
    }
  }

  func entries() throws -> [RemoteEntry] {
    try state.withLock { state in
      if state.isAway { throw Self.away }
      state.listings += 1
      return state.objects.filter { !state.unlisted.contains($0.key.string) }.map { name, object in
        RemoteEntry(name: name.string, size: object.text.utf8.count, modified: object.modified)
      }.sorted { $0.name < $1.name }
    }
  }

  func stamp(of name: String) throws -> RemoteStamp? {
    try state.withLock { state in
      if state.isAway || state.closed.contains(name) { throw Self.away }
      return state.objects[ByteText(name)].map(Self.stamp)
    }
  }

  func fetch(
    _ name: String, to path: String, checkStopped: () throws -> Void
  ) throws -> RemoteStamp? {
    try checkStopped()
    let object: Object? = try state.withLock { state in
      if state.isAway || state.broken.contains(name) { throw Self.away }
      state.fetched.append(name)
      return state.late.remove(name) == nil ? state.objects[ByteText(name)] : nil
    }
    guard let object else { return nil }
    try Data(object.text.utf8).write(to: URL(filePath: path))
    return Self.stamp(object)
  }

  private static func stamp(_ object: Object) -> RemoteStamp {
    RemoteStamp(size: object.text.utf8.count, modified: object.modified, tag: object.tag)
  }
}

/// A queue whose messages come again, out of order, until they are deleted.
final class FakeQueue: ChangeQueue {
  struct State {
    var messages: [String: QueueMessage.Content] = [:]
    var receipts = 0
    var deleted: [String] = []
    var isStopped = false
    var failures = 0
  }

  let name = "fake-queue"
  let state = Mutex(State())
  /// Told what is deleted, before it is.
  let onDelete: @Sendable ([String]) -> Void
  private let order = Mutex(SeededOrder())

  init(onDelete: @escaping @Sendable ([String]) -> Void = { _ in }) { self.onDelete = onDelete }

  func send(_ id: String, _ content: QueueMessage.Content) {
    state.withLock { $0.messages[id] = content }
  }

  func receive(wait: Int) throws -> [QueueMessage] {
    Thread.sleep(forTimeInterval: 0.01)
    return try state.withLock { state in
      if state.isStopped { throw PipelineError.stopped }
      if state.failures > 0 {
        state.failures -= 1
        throw FakeFolder.away
      }
      let all = order.withLock { $0.shuffled(state.messages.keys.sorted()) }
      return all.prefix(10).map { id in
        state.receipts += 1
        return QueueMessage(
          id: id, receipt: "\(id)#\(state.receipts)",
          content: state.messages[id] ?? .nothing)
      }
    }
  }

  func delete(_ messages: [QueueMessage]) throws {
    onDelete(messages.map(\.id))
    state.withLock { state in
      for message in messages {
        if state.messages.removeValue(forKey: message.id) != nil {
          state.deleted.append(message.id)
        }
      }
    }
  }

  func stop() { state.withLock { $0.isStopped = true } }
}

/// Shuffles the same way each time.
struct SeededOrder: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64 = 5) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }

  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    elements.shuffled(using: &self)
  }
}

/// A folder of a bucket to write to.
final class FakeOutput: OutputFolder {
  struct State {
    var files: [String: String] = [:]
    var puts: [String] = []
    var isAway = false
    /// What the names of files begin with that cannot be written.
    var broken: [String] = []
  }

  let name = "fake://lake/out"
  let state = Mutex(State())

  func put(_ path: String, as name: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try state.withLock { state in
      if state.isAway || state.broken.contains(where: name.hasPrefix) { throw FakeFolder.away }
      state.puts.append(name)
      state.files[name] = text
    }
  }
}
