// Stored recommenders that are damaged: whatever a file says, reading it ends with an error or with a
// model that answers.
import Foundation
import ModelFormats
import NumericCore
import Preprocessing
import Recommender
import Storage
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommenderModelTests {
  private let shop: RecommenderShop
  private let file: SafetensorsFile
  private let manifest: Manifest
  private let pool = WorkerPool(threads: 1)

  init() throws {
    shop = try RecommenderShop()
    let (model, _) = try shop.train {
      $0.model.usesID = true
      $0.model.epochs = 1
    }
    file = try SafetensorsFile(contentsOf: "\(model)/\(RecommenderModel.fileName)")
    manifest = try RunFolderReader.manifest(of: model)
  }

  /// Reads a file and asks all questions; returns whether it was taken for a model.
  ///
  /// Anything but an error with words is a failure of the test.
  private func isAccepted(_ file: SafetensorsFile, _ what: String) -> Bool {
    let service: RecommenderPredictor
    do {
      service = try RecommenderPredictor(RecommenderModel(file, manifest: manifest), pool: pool)
    } catch let error as StorageError {
      #expect(error.kind == .corrupt, "\(what): \(error)")
      return false
    } catch {
      Issue.record("\(what): \(error)")
      return false
    }
    for ask: (RecommenderPredictor) throws -> Void in [
      { _ = try $0.predict(RecommendationQuery(.user("u1"), k: 50, includesSeen: false)) },
      { _ = try $0.predict(RecommendationQuery(.user("u2"), k: 50, includesSeen: true)) },
      { _ = try $0.similar(to: "i3", k: 50) },
      {
        _ = try $0.predict(
          RecommendationQuery(
            .features(["country": .text("France"), "credit": .number(3)]), k: 50, includesSeen: true
          ))
      },
    ] {
      do { try ask(service) } catch {
        #expect(
          error is any TaskFailure || error is RecommenderError || error is PreprocessingError,
          "\(what): \(error)")
      }
    }
    return true
  }

  @Test func `what training wrote is accepted`() { #expect(isAccepted(file, "whole")) }

  @Test func `any number of the layout may be wrong`() throws {
    let layout = try JSONDocument.value(
      JSONValue.self, from: Array(try file.metadata("layout").utf8))
    let numbers = layout.places.filter { layout[$0].isNumber }
    #expect(numbers.count > 10)
    var refused = 0
    for place in numbers {
      let wrong: [JSONValue] = [
        .integer(-1), .integer(0), .integer(1), .integer(7), .integer(1 << 40), .integer(.max),
        .integer(.min), .number(0.5), .number(1e300), .number(-1e300), .null, .text("x"), .list([]),
      ]
      for value in wrong {
        var damaged = file
        damaged.metadata["layout"] = try JSONDocument.text(of: layout.replacing(place, by: value))
        if !isAccepted(damaged, "\(place) = \(value)") { refused += 1 }
      }
    }
    #expect(refused > numbers.count * 5)
  }

  @Test func `any list or string of the layout may be wrong`() throws {
    let layout = try JSONDocument.value(
      JSONValue.self, from: Array(try file.metadata("layout").utf8))
    for place in layout.places {
      var wrong: [JSONValue] = []
      switch layout[place] {
      case .list(let list): wrong = [list.dropLast(), list + list.suffix(1), []].map { .list($0) }
      case .text: wrong = [.text(""), .text("u1"), .text("i1"), .text("u1\u{0}")]
      case .object: wrong = [.object([:]), .null]
      default: continue
      }
      for value in wrong {
        var damaged = file
        damaged.metadata["layout"] = try JSONDocument.text(of: layout.replacing(place, by: value))
        _ = isAccepted(damaged, "\(place) = \(value)")
      }
    }
    // An identifier twice is never a model.
    var twice = file
    twice.metadata["layout"] = try file.metadata("layout").replacing("\"u11\"", with: "\"u10\"")
    #expect(try twice.metadata("layout") != file.metadata("layout"))
    #expect(!isAccepted(twice, "an identifier twice"))
  }

  @Test func `any tensor may be missing or have another shape or type`() throws {
    for (name, tensor) in file.tensors {
      let floats = tensor.elements(as: Float.self) ?? [1, 2]
      var wrong: [Tensor?] = [
        nil, Tensor(Array(floats.dropLast())), Tensor(floats + [1]), Tensor([Float]()),
        Tensor([Int64(1)]),
        Tensor(floats, shape: [floats.count, 1, 1]), Tensor(floats.map(Double.init)),
      ]
      if tensor.shape.count == 2, tensor.shape[0] != tensor.shape[1] {
        wrong.append(Tensor(floats, shape: tensor.shape.reversed()))
        wrong.append(
          Tensor(
            Array(floats.dropLast(tensor.shape[1])), shape: [tensor.shape[0] - 1, tensor.shape[1]]))
      }
      for value in wrong {
        var damaged = file
        damaged.tensors[name] = value
        #expect(!isAccepted(damaged, "\(name): \(value?.shape ?? [])"))
      }
      if tensor.elements(as: Float.self) != nil {
        var damaged = file
        damaged.tensors[name] = Tensor(
          [.nan] + floats.dropFirst(), shape: tensor.shape)
        #expect(!isAccepted(damaged, "\(name) with NaN"))
      }
    }
  }

  @Test func `seen items may be anything`() throws {
    let offsets = try file.tensor("seen.offsets", as: Int64.self)
    let items = try file.tensor("seen.items", as: Int32.self)
    for place in [0, 1, offsets.count / 2, offsets.count - 1] {
      for value in [Int64.min, -1, 100_000, .max] {
        var damaged = file
        var wrong = offsets
        wrong[place] = value
        damaged.tensors["seen.offsets"] = Tensor(wrong)
        #expect(!isAccepted(damaged, "seen.offsets[\(place)] = \(value)"))
      }
    }
    for place in [0, 1, items.count - 1] {
      for value in [Int32.min, -1, Int32(RecommenderShop.items), .max] {
        var damaged = file
        var wrong = items
        wrong[place] = value
        damaged.tensors["seen.items"] = Tensor(wrong)
        #expect(!isAccepted(damaged, "seen.items[\(place)] = \(value)"))
      }
    }
  }
}

/// A step from a JSON value into one of its parts.
private enum Step: Hashable {
  case key(String)
  case index(Int)
}

extension JSONValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .number: true
    default: false
    }
  }

  /// The way to every part, this value itself left out.
  fileprivate var places: [[Step]] {
    let parts: [(Step, JSONValue)] =
      switch self {
      case .list(let list): list.enumerated().map { (.index($0.offset), $0.element) }
      case .object(let members): members.sorted { $0.key < $1.key }.map { (.key($0.key), $0.value) }
      default: []
      }
    return parts.flatMap { step, part in [[step]] + part.places.map { [step] + $0 } }
  }

  fileprivate subscript(place: [Step]) -> JSONValue {
    guard let step = place.first else { return self }
    let rest = Array(place.dropFirst())
    switch (self, step) {
    case (.list(let list), .index(let index)): return list[index][rest]
    case (.object(let members), .key(let key)): return (members[key] ?? .null)[rest]
    default: return .null
    }
  }

  fileprivate func replacing(_ place: [Step], by value: JSONValue) -> JSONValue {
    guard let step = place.first else { return value }
    let rest = Array(place.dropFirst())
    switch (self, step) {
    case (.list(var list), .index(let index)):
      list[index] = list[index].replacing(rest, by: value)
      return .list(list)
    case (.object(var members), .key(let key)):
      members[key] = members[key]?.replacing(rest, by: value)
      return .object(members)
    default: return self
    }
  }
}
