// A model as an ONNX graph, from the raw columns to probabilities and labels or to numbers. Columns
// are doubles from the input to the sum over the trees: with float thresholds rows near a cut would
// change sides, and an instant in seconds has no exact float. Only the score that leaves the trees
// is a float, as the operator demands.

internal import Foundation
public import NumericCore
public import Tables
internal import Texts

/// A model that ONNX Runtime runs on raw columns.
///
/// Each input of the model is an input of the graph of the shape [rows, 1]: numbers and timestamps
/// (seconds since 1970-01-01 UTC) as doubles, NaN where missing; categories as strings, anything
/// that is no category (such as an empty string) where missing.
/// The graph's outputs are `label`, the name of a class for each row, and `probabilities` of the
/// shape [rows, 2], of a model of numbers `prediction` of the shape [rows, 1], with `_` behind where
/// an input has that name.
public struct ONNXModel: ModelExport {
  /// The names of the classes, and the probability from which on a row is of the positive one.
  public struct Classes: Sendable {
    let negative: String
    let positive: String
    let threshold: Double

    /// Names the classes.
    public init(negative: String, positive: String, threshold: Double) {
      self.negative = negative
      self.positive = positive
      self.threshold = threshold
    }
  }

  public let levels: [[String]]
  private let codes: [CategoryCodes]
  private let model: BoostedTrees
  private let trees: ONNXTrees
  /// Nil for a model of numbers.
  private let classes: Classes?
  private let link: Link

  /// Translates a model.
  ///
  /// - Parameter classes: those of a model of probabilities; nil for one of numbers.
  /// - Throws: `GradientBoostingError.corruptModel`.
  public init(_ model: BoostedTrees, classes: Classes?) throws {
    link = type(of: model.objective).link
    precondition((link == .logit) == (classes != nil), "classes of no probabilities")
    self.model = model
    self.classes = classes
    codes = model.inputs.indices.map { input in
      CategoryCodes(model.features.filter { $0.input == input })
    }
    levels = codes.map(\.levels)
    trees = try ONNXTrees(model)
  }

  public var notes: [String] {
    let timestamps = model.inputs.filter { $0.kind == .timestamp }.map { "'\($0.name)'" }
    return [
      "an input of the shape [rows, 1] for each column: numbers as doubles (tensor(double)), NaN "
        + "where missing; categories as strings, empty where missing",
      timestamps.isEmpty
        ? nil
        : "\(timestamps.joined(separator: ", ")): seconds since 1970-01-01 UTC, as doubles",
    ].compactMap(\.self) + outputNotes
  }

  private var outputNotes: [String] {
    guard let classes else {
      return ["the output is '\(outputName("prediction"))', float32, summed in double"]
    }
    return [
      "the outputs are '\(outputName("label"))', and '\(outputName("probabilities"))' of "
        + "'\(classes.negative)' and '\(classes.positive)'",
      "probabilities are float32, summed in double; labels are those of the threshold "
        + "\(classes.threshold)",
    ]
  }

  private func outputName(_ wanted: String) -> String {
    var graph = ONNXGraph(name: "", avoiding: model.inputs.map(\.name))
    return graph.name(wanted)
  }

  public var bytes: [UInt8] {
    var graph = ONNXGraph(name: "mlcore", avoiding: model.inputs.map(\.name))
    for input in model.inputs {
      graph.addInput(input.name, input.kind == .category ? .string : .double, width: 1)
    }
    let columns = model.features.indices.map { addColumn($0, to: &graph) }
    let matrix = graph.add("Concat", columns, output: "features", [("axis", .int(1))])
    let score = graph.add(
      "TreeEnsembleRegressor", [matrix], domain: .machineLearning, output: "score",
      trees.attributes)
    if let classes {
      addOutputs(of: classes, score: score, to: &graph)
    } else {
      graph.addOutput(
        graph.add(link == .logarithm ? "Exp" : "Identity", [score], output: "prediction"),
        .float, width: 1)
    }
    return graph.file
  }

  /// Adds what makes a feature's column of doubles from its input, and returns its name.
  private func addColumn(_ index: Int, to graph: inout ONNXGraph) -> String {
    let feature = model.features[index]
    let input = model.inputs[feature.input].name
    guard let table = BinTable(feature, codes: codes[feature.input]) else { return input }
    let bins = graph.add(
      "LabelEncoder", [input], domain: .machineLearning, output: "bins_\(index)",
      [
        ("keys_strings", .strings(codes[feature.input].levels)),
        ("values_floats", .floats(table.values.map(Float.init))),
        ("default_float", .float(Float(table.otherwise))),
      ])
    return graph.add(
      "Cast", [bins], output: "column_\(index)",
      [("to", .int(ONNXGraph.ElementType.double.rawValue))])
  }

  private func addOutputs(
    of classes: Classes, score: String, to graph: inout ONNXGraph
  ) {
    let one = graph.name("one")
    let threshold = graph.name("threshold")
    let axis = graph.name("axis")
    graph.addConstant(one, floats: [1])
    graph.addConstant(threshold, floats: [Float(classes.threshold)])
    graph.addConstant(axis, integers: [1])
    let positive = graph.add("Sigmoid", [score], output: "positive")
    let negative = graph.add("Sub", [one, positive], output: "negative")
    let isPositive = graph.add("GreaterOrEqual", [positive, threshold], output: "is_positive")
    let index = graph.add(
      "Cast", [isPositive], output: "class", [("to", .int(ONNXGraph.ElementType.int64.rawValue))])
    let row = graph.add("Squeeze", [index, axis], output: "classes")
    let label = graph.add(
      "LabelEncoder", [row], domain: .machineLearning, output: "label",
      [
        ("keys_int64s", .ints([0, 1])),
        ("values_strings", .strings([classes.negative, classes.positive])),
      ])
    let probabilities = graph.add(
      "Concat", [negative, positive], output: "probabilities", [("axis", .int(1))])
    graph.addOutput(label, .string, width: nil)
    graph.addOutput(probabilities, .float, width: 2)
  }

  public func predictions(_ columns: [Column], pool: WorkerPool) throws -> [Double] {
    let columns = try model.inputColumns(of: columns)
    let rowCount = columns.first?.count ?? 0
    let matrix = model.features.map { feature in
      switch columns[feature.input].values {
      case .number(let values), .timestamp(let values): return values.doubles()
      case .category(let values):
        let table = BinTable(feature, codes: codes[feature.input])
        let known = values.levels.map { table?.value(of: $0) ?? 0 }
        return values.codes.map { $0 < 0 ? table?.otherwise ?? 0 : known[Int($0)] }
      case .text: return [Double](repeating: .nan, count: rowCount)
      }
    }
    var results = [Double](repeating: 0, count: rowCount)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      pool.forEachRange(count: rowCount, grain: 256) { rows, _ in
        for row in rows {
          let score = trees.score(of: matrix.map { $0[row] })
          let prediction =
            switch link {
            case .identity: score
            case .logarithm: expf(score)
            case .logit: 1 / (1 + expf(-score))
            }
          results[row] = Double(prediction)
        }
      }
    }
    return results
  }
}

/// What the categories of a feature become in the graph: 1 + their bin, never 0, which some
/// runtimes treat apart in comparisons of categories.
private struct BinTable {
  private let codes: CategoryCodes
  /// For each category of the input.
  let values: [Double]
  /// For missing and unseen ones.
  let otherwise: Double

  /// Returns nil for features of numbers.
  init?(_ feature: BinnedFeature, codes: CategoryCodes) {
    if case .number = feature.encoding { return nil }
    let bins = BinEncoder.binOfLevel(feature)
    self.codes = codes
    values = codes.levels.map { Double(bins.bins[ByteText($0)] ?? bins.otherwise) + 1 }
    otherwise = Double(bins.otherwise) + 1
  }

  func value(of level: String) -> Double { codes.code(of: level).map { values[$0] } ?? otherwise }
}
