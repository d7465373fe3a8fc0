// The models in service. They change between requests, never within one: a request takes a snapshot.
// A model that cannot be read leaves those in service that are.
import Glibc
package import LearningTasks
import Synchronization
import Texts

/// Reads models, and reads them again when their folders change.
package final class ModelStore: Sendable {
  /// Where the models are now.
  private let places: @Sendable () throws -> ModelPlaces
  /// Reads a model folder.
  private let load: @Sendable (String) throws -> any Predictor
  private let current: Mutex<ModelSnapshot>
  private let memory: Mutex<Memory>

  /// What was read last, and what went wrong.
  private struct Memory {
    var states: [String: FolderState] = [:]
    var models: [String: ServedModel] = [:]
    /// The folders that could not be read, as they were then, and why.
    var refused: [String: (state: FolderState, error: any Error)] = [:]
    /// The problem that keeps a model in service that should not be; nil for none.
    var problem: String?
    var failures = 0
  }

  /// What a look at the folders found.
  enum Change {
    case none
    /// Another champion is in service.
    case changed(from: String, to: String)
    /// A model cannot be read; told once.
    case failed(String)
  }

  /// Reads the models to serve.
  ///
  /// - Parameters:
  ///   - places: tells where they are, often.
  ///   - load: reads a model folder after a check of every byte.
  /// - Throws: what these throw.
  package init(
    places: @escaping @Sendable () throws -> ModelPlaces,
    load: @escaping @Sendable (String) throws -> any Predictor
  ) throws {
    self.places = places
    self.load = load
    let found = try places()
    var memory = Memory()
    let champion = try Self.read(found.champion, load, &memory)
    var byVersion = [champion.version: champion]
    for folder in found.others {
      guard let model = try? Self.read(folder, load, &memory) else { continue }
      byVersion[model.version] = model
    }
    current = Mutex(
      ModelSnapshot(
        champion: champion, byVersion: byVersion,
        shadow: found.shadow.flatMap { memory.models[$0] }))
    self.memory = Mutex(memory)
  }

  /// The models that answer now.
  var snapshot: ModelSnapshot { current.withLock(\.self) }
  /// The problem that keeps an older model in service; nil for none.
  var problem: String? { memory.withLock { $0.problem } }
  /// How many times a model could not be read.
  var failures: Int { memory.withLock { $0.failures } }

  /// Looks at the folders, and reads those that are new or have changed.
  ///
  /// One thread calls it.
  func refresh() -> Change {
    memory.withLock { memory in
      do {
        let found = try places()
        let before = snapshot
        let champion = try read(found.champion, &memory)
        var byVersion = [champion.version: champion]
        var problem: String?
        for folder in found.others {
          do {
            let model = try read(folder, &memory)
            byVersion[model.version] = byVersion[model.version] ?? model
          } catch { problem = problem ?? Self.text(error) }
        }
        let kept = Set(texts: [found.champion] + found.others)
        memory.models = memory.models.filter { kept.contains(text: $0.key) }
        memory.states = memory.states.filter { kept.contains(text: $0.key) }
        memory.refused = memory.refused.filter { kept.contains(text: $0.key) }
        let after = ModelSnapshot(
          champion: champion, byVersion: byVersion,
          shadow: found.shadow.flatMap { memory.models[$0] })
        current.withLock { $0 = after }
        if problem != nil || memory.problem != nil {
          if let change = Self.note(problem, &memory) { return change }
        }
        return before.champion.version == champion.version
          ? .none : .changed(from: before.champion.version, to: champion.version)
      } catch {
        return Self.note(Self.text(error), &memory) ?? .none
      }
    }
  }

  /// Remembers a problem; a change if it is a new one.
  private static func note(_ problem: String?, _ memory: inout Memory) -> Change? {
    defer { memory.problem = problem }
    guard let problem, problem != memory.problem else { return nil }
    memory.failures += 1
    return .failed(problem)
  }

  private static func text(_ error: any Error) -> String {
    String(describing: error)
  }

  /// The model of a folder, read if it is new or has changed.
  private func read(_ folder: String, _ memory: inout Memory) throws -> ServedModel {
    let state = try FolderState(folder)
    if let model = memory.models[folder], memory.states[folder] == state { return model }
    // What is as it was then is not read again and again.
    if let refused = memory.refused[folder], refused.state == state { throw refused.error }
    do {
      let model = try Self.read(folder, load, &memory)
      // The routes and their columns are those of a task, which clients rely on.
      let (task, expected) = (model.predictor.task, snapshot.champion.predictor.task)
      guard task == expected else {
        memory.models[folder] = nil
        throw ServingError.otherTask(folder: folder, found: task, expected: expected)
      }
      return model
    } catch {
      memory.refused[folder] = (state, error)
      throw error
    }
  }

  private static func read(
    _ folder: String, _ load: (String) throws -> any Predictor, _ memory: inout Memory
  ) throws -> ServedModel {
    let state = try FolderState(folder)
    let model = ServedModel(predictor: try load(folder), folder: folder, trained: state.written)
    memory.states[folder] = state
    memory.models[folder] = model
    return model
  }

  /// The seconds since 1970.
  static var now: Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
