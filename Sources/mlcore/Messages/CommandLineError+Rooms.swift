// Every error of the rooms below, in words, with the exit code of their kind.
import Configuration
import Connectors
import Evaluation
import Extraction
import GradientBoosting
import LearningTasks
import LoopContract
import Pipeline
import Preprocessing
import Recommendation
import Recommender
import Serving
import Storage
import Tables
import Tuning

extension CommandLineError {
  /// Puts an error into words; nil for errors of the argument parser, which has its own.
  init?(_ error: any Error) {
    switch error {
    case let error as CommandLineError: self = error
    case let error as ConfigurationError:
      self.init(facts: error.facts, advice: error.advice, code: error.exitCode)
    case let error as TaskError:
      self.init(facts: error.facts, advice: error.advice, code: error.exitCode)
    case let error as RecommendationError: self.init(error, error.advice, error.exitCode)
    case let error as TableError: self.init(error, error.advice, error.exitCode)
    case let error as ExtractError: self.init(error, error.advice, error.exitCode)
    case let error as ConnectorError: self.init(error, error.advice, error.exitCode)
    case let error as StorageError: self.init(error, error.advice, error.exitCode)
    case let error as GradientBoostingError: self.init(error, error.advice, error.exitCode)
    case let error as RecommenderError: self.init(error, error.advice, error.exitCode)
    case let error as TuningError: self.init(error, error.advice, error.exitCode)
    case let error as PreprocessingError: self.init(error, error.advice, .data)
    case let error as EvaluationError: self.init(error, error.advice, error.exitCode)
    case let error as ServingError: self.init(error, error.advice, error.exitCode)
    case let error as PipelineError: self.init(error, error.advice, error.exitCode)
    default: return nil
    }
  }

  private init(
    _ error: some CustomStringConvertible, _ advice: String, _ code: ProgramExitCode
  ) {
    self.init(facts: error.description, advice: advice, code: code)
  }
}

extension ConfigurationError {
  fileprivate var exitCode: ProgramExitCode {
    if case .unreadable = self { .file } else { .usage }
  }
}

extension TaskError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .notAModel, .otherModel, .noStudy, .notAFolder: .file
    case .exportDiffers: .checkFailed
    case .reasons, .interactions, .exportCalibrated, .otherTask, .insideModel, .outputIsInput,
      .continuedIsOutput, .searchOfContinued, .otherTarget:
      .usage
    case .cancelled: .internalError
    default: .data
    }
  }
}

extension RecommendationError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    // Without a name nobody has said which column it is.
    case .noColumn(_, name: nil, _, _, _), .noSuchUser, .noSuchItem, .unknownFeature, .notANumber,
      .nothingKnown, .noKnownItem, .badFilter, .noCategory, .ruleOutOfRange:
      .usage
    default: .data
    }
  }
}

extension RecommenderError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .parameterOutOfRange, .noRatings, .noInputs, .tooLarge: .usage
    case .corruptModel: .corrupt
    case .cancelled: .internalError
    default: .data
    }
  }
}

extension TableError {
  fileprivate var exitCode: ProgramExitCode {
    switch kind {
    case .badData: .data
    case .file: .file
    case .usage: .usage
    case .remote: .remote
    }
  }
}

extension ConnectorError {
  fileprivate var exitCode: ProgramExitCode {
    switch kind {
    case .badData: .data
    case .file: .file
    case .usage: .usage
    case .check: .checkFailed
    case .locked: .locked
    case .remote: .remote
    }
  }
}

extension ExtractError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .notText, .noRows, .onlyPartitions: .data
    case .foreignFolder, .foreignBelow, .otherPartitions: .file
    case .locked: .locked
    case .notSorted: .internalError
    }
  }
}

extension StorageError {
  fileprivate var exitCode: ProgramExitCode {
    switch kind {
    case .file, .exists: .file
    case .corrupt: .corrupt
    }
  }
}

extension GradientBoostingError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .parameterOutOfRange, .unusableDirection, .constrainedColumnUnordered: .usage
    case .constrainedColumnMissing, .noRows, .noUsableFeature, .tooManyFeatures, .noWeight,
      .unusableLabel, .unusableWeight, .missingFeature, .otherObjective:
      .data
    case .corruptModel: .corrupt
    case .cancelled: .internalError
    }
  }
}

extension TuningError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .unusableDomain, .outsideSpace, .otherStudy, .nothingToResume, .fewerTrials: .usage
    case .unfinished, .database: .file
    case .corruptStudy: .corrupt
    case .locked: .locked
    }
  }
}

extension EvaluationError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .empty, .weight, .oneClass, .tooFewRows, .groupsTooLarge: .data
    case .probability: .internalError
    }
  }
}

extension PipelineError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .locked: .locked
    case .rejected, .noPrevious, .auditBroken, .auditMissing: .checkFailed
    case .openForWriting: .locked
    case .notAHome, .homeExists, .notEmpty: .file
    case .noSuchVersion, .noSuchFile, .inService: .usage
    case .audit, .ledger(_, _, .corrupt), .lostLedger, .lostModel, .lostObject,
      .noProgress:
      .corrupt
    case .damaged: .corrupt
    case .keyFile, .openKey, .noKey, .notEncrypted, .otherKey: .usage
    case .notReleased: .data
    case .ledger(_, _, .busy): .locked
    case .step(let failure):
      switch failure.kind {
      case .data: .data
      case .system: .file
      case .remote: .remote
      case .damage: .corrupt
      }
    case .stepEnded, .stopped: .internalError
    case .remote: .remote
    case .system, .ledger, .newerLedger, .otherFormat: .file
    }
  }
}

extension ServingError {
  fileprivate var exitCode: ProgramExitCode {
    switch self {
    case .listen, .noChampion: .file
    case .tls, .token, .otherTask: .usage
    }
  }
}
