// Layers of settings, from files, `--set` and flags, and what they refuse.
import Configuration
import FoundationEssentials
import GradientBoosting
import TestSupport
import Testing
import Texts

@testable import Classification
@testable import Tabular

@Suite(.onOwnThread) struct ClassifierConfigurationTests {
  let layers = ChurnConfiguration.layers

  @Test func `later layers overwrite earlier ones, key by key`() throws {
    var configuration = ChurnConfiguration()
    try withFile("seed = 7\n[boosting]\nnum_leaves = 9\nlearning_rate = 1\n") { file in
      try layers.apply(file: file, to: &configuration)
    }
    try layers.apply(assignment: "boosting.num_leaves=11", source: "--set", to: &configuration)
    try layers.apply(key: "seed", text: "8", source: "--seed", to: &configuration)
    #expect(configuration.boosting.numLeaves == 11)
    #expect(configuration.boosting.learningRate == 1)
    #expect(configuration.seed == 8)
    #expect(configuration.judging == ChurnConfiguration.Judging())
  }

  @Test func `an unknown key is refused with the nearest one`() {
    var configuration = ChurnConfiguration()
    #expect(
      throws: ConfigurationError.unknownKey(
        key: "boosting.num_leafs", source: "--set", suggestion: "boosting.num_leaves")
    ) { try layers.apply(assignment: "boosting.num_leafs=3", source: "--set", to: &configuration) }
  }

  @Test(arguments: [
    "boosting.learning_rate=0", "boosting.learning_rate=-0.1", "boosting.learning_rate=nan",
    "boosting.learning_rate=fast", "boosting.num_leaves=1", "boosting.num_leaves=2.5",
    "boosting.num_leaves=99999999999999999999", "boosting.feature_fraction=1.01",
    "boosting.refit=maybe", "seed=-1", "evaluation.folds=-3", "evaluation.holdout=1",
    "data.delimiter=abc", "boosting.monotone_constraints=a", "boosting.monotone_constraints=a=b",
    "boosting.monotone_constraints=a=1,", "boosting.monotone_constraints=a=1,a=-1",
    "boosting.monotone_constraints==1",
    "task=recommender", "boosting.max_bin=",
  ])
  func `a value of the wrong type or range is refused`(assignment: String) {
    var configuration = ChurnConfiguration()
    #expect {
      try layers.apply(assignment: assignment, source: "--set", to: &configuration)
    } throws: { error in
      guard case .refused(let key, "--set", _, let expected) = error as? ConfigurationError else {
        return false
      }
      return assignment.hasPrefix("\(key)=") && !expected.isEmpty
    }
    #expect(configuration == ChurnConfiguration())
  }

  @Test func `a file of another task is refused before its keys`() throws {
    var configuration = ChurnConfiguration()
    try withFile("task = \"regression\"\n[boosting]\nloss = \"absolute\"\n") { file in
      #expect(
        throws: ConfigurationError.otherTask(file: file, found: "regression", expected: "churn")
      ) { try layers.apply(file: file, to: &configuration) }
    }
    #expect(configuration == ChurnConfiguration())
  }

  @Test(arguments: ["num_leaves", "=3", ""])
  func `an assignment needs a key and an equals sign`(text: String) {
    var configuration = ChurnConfiguration()
    #expect(throws: ConfigurationError.notAnAssignment(text: text, source: "--set")) {
      try layers.apply(assignment: text, source: "--set", to: &configuration)
    }
  }

  @Test func `a file that is not TOML is refused with its line`() throws {
    var configuration = ChurnConfiguration()
    try withFile("seed = 1\n[boosting\n") { file in
      #expect {
        try layers.apply(file: file, to: &configuration)
      } throws: { error in
        guard case .syntax(file, 2, _) = error as? ConfigurationError else { return false }
        return true
      }
    }
  }

  @Test func `a file that does not exist is named`() {
    var configuration = ChurnConfiguration()
    #expect {
      try layers.apply(file: "/nonexistent/run.toml", to: &configuration)
    } throws: { error in
      guard case .unreadable("/nonexistent/run.toml", _) = error as? ConfigurationError else {
        return false
      }
      return true
    }
  }

  @Test func `a run file holds every setting and reads back as the same configuration`() throws {
    var configuration = ChurnConfiguration()
    configuration.data.path = "/data/a \"quoted\" \\ name\u{1}.csv"
    configuration.data.target = "wörd"
    configuration.data.id = ["a,b", "c"]
    configuration.positive = "auto-renewed"
    configuration.boosting.learningRate = 0.1 + 0.2
    configuration.boosting.lambdaL1 = 1e-300
    configuration.boosting.refit = false
    configuration.boosting.monotoneConstraints = ["b": -1, "a, = \"c\"": 1, "tenure": 0]
    let text = RunFile.text(
      configuration, settings: ChurnConfiguration.settings,
      notes: ["boosting.num_leaves": "15"])
    #expect(text.contains("; here 15\nnum_leaves = \"auto\"\n"))
    var read = ChurnConfiguration()
    try withFile(text) { file in
      try layers.apply(file: file, to: &read)
      #expect(try ConfigurationFile.task(of: file) == "churn")
    }
    #expect(read == configuration)
    #expect(
      RunFile.text(
        read, settings: ChurnConfiguration.settings, notes: ["boosting.num_leaves": "15"]) == text)
  }

  @Test func `every hyperparameter of the booster has a key`() {
    let keys = Set(ChurnConfiguration.settings.map(\.key))
    #expect(keys.count == ChurnConfiguration.settings.count)
    for setting in BoostingConfiguration.settings {
      #expect(keys.contains("boosting.\(setting.key)"))
    }
  }

  @Test func `every field of the booster is in its table, once`() {
    let fields = Mirror(reflecting: BoostingConfiguration()).children.compactMap(\.label)
    let keys = BoostingConfiguration.settings.map { $0.key.replacing("_", with: "") }
    #expect(fields.map { $0.lowercased() }.sorted() == keys.sorted())
  }

  @Test func `every key but the task has a flag of its own`() {
    let names = ChurnConfiguration.settings.compactMap(\.flag.name)
    let keys = ChurnConfiguration.settings.map(\.key)
    #expect(Set(names).count == names.count && Set(keys).count == keys.count)
    #expect(names.count == keys.count - 1 && keys[0] == "task")
  }

  @Test(arguments: [1, 20_000, 100_000, 200_000])
  func `every hyperparameter of the booster has a value for any number of rows`(rows: Int) throws {
    let resolved = try BoostingConfiguration().resolved(rows: rows).configuration
    for setting in BoostingConfiguration.settings {
      #expect(setting.read(resolved) != nil, "\(setting.key)")
    }
    #expect(resolved.learningRate == (rows < 20_000 ? 0.03 : rows < 100_000 ? 0.05 : 0.1))
    #expect(resolved.refit == (rows < 200_000) && resolved.numTrees == 2_000)
  }

  @Test func `what auto comes to is told in the words of the rule`() throws {
    let rate = try #require(ChurnConfiguration.settings["boosting.learning_rate"])
    #expect(rate.automatic?.words == "0.03 below 20000 rows, 0.05 below 100000, else 0.1")
  }

  @Test func `a value that no layer has seen is checked as one of a file`() throws {
    var configuration = ChurnConfiguration()
    configuration.data.path = "x.csv"
    configuration.data.target = "churn"
    configuration.judging.folds = 1
    #expect(
      throws: ConfigurationError.unfit(
        key: "evaluation.folds", flag: "--folds", found: "1",
        expected: "0, or a whole number from 2 to 100")
    ) { try configuration.validate() }
  }

  @Test func `what is missing or contradictory is said`() {
    var configuration = ChurnConfiguration()
    #expect(throws: ConfigurationError.missing(key: "data.path", flag: "--data")) {
      try configuration.validate()
    }
    configuration.data.path = "x.csv"
    #expect(throws: ConfigurationError.missing(key: "data.target", flag: "--target")) {
      try configuration.validate()
    }
    configuration.data.target = "churn"
    configuration.judging.holdout = 0.5
    configuration.judging.test = "test.csv"
    #expect(throws: ConfigurationError.self) { try configuration.validate() }
    configuration.judging.holdout = nil
    configuration.judging.folds = 5
    configuration.data.id = ["a", "b"]
    configuration.data.drop = ["b"]
    #expect(
      throws: ConfigurationError.twoRoles(column: "b", "data.id (--id)", "data.drop (--drop)")
    ) { try configuration.validate() }
    configuration.data.drop = []
    #expect(throws: Never.self) { try configuration.validate() }
  }

  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try body(folder.write(text, to: "run.toml"))
  }
}
