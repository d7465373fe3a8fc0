// What is wrong with a file, or odd about it, in the words of every task.
import Configuration
import Evaluation
package import LoopContract
import Tables
import Texts

extension Finding {
  package static func missingColumn(_ name: String) -> Finding {
    Finding(code: "missing_column", column: name, message: "there is no column '\(name)'")
  }
}

extension StepFile {
  /// A message with the name under which the file was dropped for the place where its bytes are.
  private func naming(_ message: String) -> String { message.replacing(path, with: name) }

  /// Examines the file, which an error about it refuses.
  package func examined(_ body: () throws -> Examination) throws -> Examination {
    do { return try body() } catch {
      guard let fault = fault(error) else { throw error }
      return Examination(role: .refused, rows: 0, problems: [fault])
    }
  }

  /// Predicts the file, and returns the number of rows, or what an error says about it.
  package func predicted(_ body: () throws -> Int) throws -> PredictedFile {
    do { return PredictedFile(rows: try body()) } catch {
      guard let fault = fault(error) else { throw error }
      return PredictedFile(rows: 0, problem: fault.message)
    }
  }

  /// What an error says of the file; nil if it is about something else.
  private func fault(_ error: any Error) -> Finding? {
    switch error {
    case let error as TableError where error.kind == .badData || error.kind == .usage:
      Finding(code: "schema", message: naming(error.description))
    case let error as ConfigurationError:
      Finding(code: "schema", message: naming(error.description))
    case TaskError.cancelled: nil
    case let error as any TaskFailure:
      Finding(code: "values", message: naming(error.description))
    case let error as EvaluationError:
      Finding(code: "values", message: naming(error.description))
    default: nil
    }
  }
}

extension Examination {
  /// Adds a finding to the problems, or to the warnings.
  package mutating func note(_ finding: Finding, asProblem isProblem: Bool) {
    if isProblem { problems.append(finding) } else { warnings.append(finding) }
  }

  /// Holds the rows of a column, in bins, against those that the champion has learnt from.
  ///
  /// - Parameters:
  ///   - rows: of the champion's data and of the file: chance moves small ones more.
  ///   - limit: the stability index above which the column has drifted.
  package mutating func noteDrift(
    of column: String, from reference: [Int], to current: [Int],
    rows: (reference: Int, current: Int), above limit: Double, asProblem isProblem: Bool
  ) {
    let psi = PopulationStability.index(reference: reference, current: current)
    drift[ByteText(column)] = psi
    let limit = max(
      limit,
      PopulationStability.chanceLimit(
        bins: current.count, reference: rows.reference, current: rows.current))
    guard psi > limit else { return }
    let message =
      "'\(column)' has moved: stability index \(psi.short), expected at most "
      + limit.short
    note(Finding(code: "drift", column: column, message: message), asProblem: isProblem)
  }
}
