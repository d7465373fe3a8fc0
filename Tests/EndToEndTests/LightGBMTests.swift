// The same table for mlcore and for LightGBM, both with their defaults.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct LightGBMTests {
  /// What the script prints.
  private struct Metrics: Decodable {
    let auc: Double
    let logLoss: Double
    enum CodingKeys: String, CodingKey {
      case auc
      case logLoss = "log_loss"
    }
  }

  /// The interpreter that tools/test provides.
  private static let python = ProcessInfo.processInfo.environment["MLCORE_TEST_PYTHON"]

  private static let script = """
    import json, sys
    import lightgbm, pandas
    from sklearn.metrics import log_loss, roc_auc_score
    train, test = (pandas.read_csv(path) for path in sys.argv[1:3])
    label = (train.pop("churn") == "Yes"), (test.pop("churn") == "Yes")
    def features(table):
        table = table.drop(columns="customer_id")
        table["signup_date"] = pandas.to_datetime(table["signup_date"]).astype("int64")
        for name in table.columns:
            if not pandas.api.types.is_numeric_dtype(table[name]):
                levels = sorted(train[name].dropna().unique())
                table[name] = pandas.Categorical(table[name], categories=levels)
        return table
    model = lightgbm.LGBMClassifier(verbose=-1, deterministic=True, random_state=1, n_jobs=2)
    model.fit(features(train), label[0])
    scores = model.predict_proba(features(test))[:, 1]
    print(json.dumps({"auc": roc_auc_score(label[1], scores), "log_loss": log_loss(label[1], scores)}))
    """

  @Test(.enabled(if: python != nil, "needs a Python with LightGBM; tools/test provides it"))
  func `defaults are at least as good as LightGBM's on a generated table`() throws {
    let workshop = try Workshop()
    for (name, seed) in [("train.csv", "11"), ("test.csv", "12")] {
      let made = try Program.run([
        "generate", "churn", "--rows", "20000", "--seed", seed, "--out", workshop.path(name),
      ])
      try #require(made.code == 0, "\(made.errors)")
    }
    let result = try Program.run([
      "train", "churn", "--data", workshop.path("train.csv"), "--test", workshop.path("test.csv"),
      "--target", "churn", "--id", "customer_id", "--json", "--out", workshop.path("m"),
    ])
    let ours = try #require(result.json()["metrics"] as? [String: Any])
    let theirs = try lightGBM(workshop.path("train.csv"), workshop.path("test.csv"))
    let auc = try #require(ours["auc"] as? Double)
    let logLoss = try #require(ours["log_loss"] as? Double)
    #expect(auc >= theirs.auc, "LightGBM: \(theirs)")
    #expect(logLoss <= theirs.logLoss, "LightGBM: \(theirs)")
  }

  private func lightGBM(_ train: String, _ test: String) throws -> Metrics {
    let process = Process()
    process.executableURL = URL(filePath: Self.python ?? "python3")
    process.arguments = ["-c", Self.script, train, test]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the Python script failed")
    return try JSONDecoder().decode(Metrics.self, from: data)
  }
}
