// Comparison with scikit-learn: cases are written to a folder as JSON, and
// Tests/Acceptance/judges/scikit_learn.py repeats them in Python.

import Foundation

/// The way to scikit-learn, where the environment names a Python that has it.
public struct ScikitLearn {
  /// The Python interpreter, from the variable MLCORE_TEST_PYTHON, which tools/test always sets.
  public static var interpreter: String? {
    ProcessInfo.processInfo.environment["MLCORE_TEST_PYTHON"]
  }

  /// Whether the comparisons can run.
  public static var isAvailable: Bool { interpreter != nil }

  private let folder: TemporaryFolder
  private var caseCount = 0

  /// Creates a comparison without cases.
  public init() throws { folder = try TemporaryFolder() }

  /// Adds a case and the pickle that belongs to it; NaN becomes null.
  public mutating func add(_ example: some Encodable, pickle: [UInt8]? = nil) throws {
    try folder.write(Array(try JSONEncoder().encode(example)), to: "\(caseCount).json")
    if let pickle { try folder.write(pickle, to: "\(caseCount).pkl") }
    caseCount += 1
  }

  /// Repeats all cases in Python and returns what differs, empty if nothing does.
  public func differences() throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Acceptance/judges/scikit_learn.py").standardizedFileURL
    let process = Process()
    process.executableURL = URL(filePath: Self.interpreter ?? "python3")
    process.arguments = [script.path, folder.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 0, text == "\(caseCount) cases agree\n" { return "" }
    return "exit code \(process.terminationStatus)\n\(text)"
  }
}

extension Double {
  /// The number as JSON can hold it: nil for NaN.
  public var orNull: Double? { isNaN ? nil : self }
}
