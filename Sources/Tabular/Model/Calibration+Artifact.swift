// A calibration beside the trees in the model file, so that the model's version covers it.
import Evaluation
import ModelFormats
import Storage

extension Calibration {
  private static let methodName = "calibration"
  private static let curveName = "calibration_curve"
  private static let scoresName = "calibration_scores"
  private static let valuesName = "calibration_values"
  private static let boundsName = "calibration_bounds"

  /// Adds the calibration to a model file.
  ///
  /// Metadata `calibration` names the method. Tensors: for platt `calibration_curve` (slope,
  /// intercept); for isotonic `calibration_scores` and `calibration_values` (the bends) and
  /// `calibration_bounds` (least and greatest probability).
  func store(in file: inout SafetensorsFile) {
    file.metadata[Self.methodName] = method.rawValue
    switch self {
    case .none: break
    case .platt(let curve):
      file.tensors[Self.curveName] = Tensor([curve.slope, curve.intercept])
    case .isotonic(let function, let bounds):
      file.tensors[Self.scoresName] = Tensor(function.scores)
      file.tensors[Self.valuesName] = Tensor(function.values)
      file.tensors[Self.boundsName] = Tensor([bounds.lowerBound, bounds.upperBound])
    }
  }

  /// Reads the calibration of a model file; a file without one has none.
  ///
  /// - Throws: `StorageError.corrupt`.
  init(_ file: SafetensorsFile) throws {
    let name = file.metadata[Self.methodName] ?? Method.none.rawValue
    guard let method = Method(rawValue: name) else {
      throw StorageError.corrupt(
        file: file.file, item: "metadata \(Self.methodName)", found: "'\(name)'",
        expected: "one of " + Method.allCases.map(\.rawValue).joined(separator: ", "))
    }
    func numbers(_ name: String, count: Int?) throws -> [Double] {
      let values = try file.tensor(name, as: Double.self, shape: [count])
      try Self.require(values.allSatisfy(\.isFinite), file, name, "finite numbers")
      return values
    }
    switch method {
    case .none: self = .none
    case .platt:
      let curve = try numbers(Self.curveName, count: 2)
      self = .platt(PlattScaling(slope: curve[0], intercept: curve[1]))
    case .isotonic:
      let scores = try numbers(Self.scoresName, count: nil)
      let values = try numbers(Self.valuesName, count: scores.count)
      let bounds = try numbers(Self.boundsName, count: 2)
      try Self.require(
        !scores.isEmpty && zip(scores, scores.dropFirst()).allSatisfy(<), file, Self.scoresName,
        "ascending numbers")
      try Self.require(
        zip(values, values.dropFirst()).allSatisfy(<=), file, Self.valuesName,
        "numbers that do not descend")
      try Self.require(
        0 <= bounds[0] && bounds[0] <= bounds[1] && bounds[1] <= 1, file, Self.boundsName,
        "two probabilities, the lesser first")
      self = .isotonic(
        IsotonicRegression(scores: scores, values: values), bounds: bounds[0]...bounds[1])
    }
  }

  private static func require(
    _ holds: Bool, _ file: SafetensorsFile, _ tensor: String, _ expected: String
  ) throws {
    guard holds else {
      throw StorageError.corrupt(
        file: file.file, item: "tensor \(tensor)", found: "others", expected: expected)
    }
  }
}
