// What retention asks of the ledger: what is still needed, and that the rest may go.
internal import GRDB

extension Ledger {
  /// The outputs of some models for the newest content of each file.
  func outputs(neededBy versions: [String]) throws -> Set<String> {
    try versions.reduce(into: []) { needed, version in
      needed.formUnion(
        try values(
          """
          SELECT output FROM predictions AS made
          WHERE version = ? AND output IS NOT NULL AND EXISTS (SELECT 1 FROM files AS file
            WHERE name = made.name AND sha256 = made.sha256 AND id = (SELECT MAX(id) FROM files
              WHERE name = file.name AND source = file.source AND role = 'unlabelled'
                AND state IN ('ingested', 'duplicate')))
          """, [version]))
    }
  }

  /// All predictions, and when they were made.
  func predictions() throws -> [(job: ScoringJob, output: String?, at: Double)] {
    try rows("SELECT version, name, sha256, output, at FROM predictions")
      .map { (ScoringJob(version: $0[0], name: $0[1], sha256: $0[2], object: ""), $0[3], $0[4]) }
  }

  /// The objects that some models have learnt from, that are younger than an instant or are still to be
  /// predicted, and all that the ledger knows.
  ///
  /// - Parameter predicted: the instant from which on a file is predicted again by new champions.
  func objects(
    neededBy versions: Set<String>, youngerThan limit: Double, predictedSince predicted: Double
  ) throws -> (needed: Set<String>, known: Set<String>) {
    try atOneMoment {
      var needed: Set<String> = Set(
        try values(
          """
          SELECT object FROM files AS file WHERE at >= ? OR (role = 'unlabelled' AND id =
            (SELECT MAX(id) FROM files WHERE name = file.name AND source = file.source
              AND role = 'unlabelled')
            AND (at >= ? OR NOT EXISTS (SELECT 1 FROM predictions WHERE name = file.name
              AND sha256 = file.sha256)))
          """, [limit, predicted]))
      for version in versions {
        needed.formUnion(
          try values(
            "SELECT object FROM files JOIN lineage USING (sha256) WHERE lineage.version = ?",
            [version]))
      }
      return (needed, Set(try values("SELECT object FROM files")))
    }
  }

  /// Notes what is removed; a model that comes back into service predicts again.
  func remove(
    _ items: [RemovedItem], objects: [String], models: [String], predictions: [ScoringJob],
    at time: Double
  ) throws {
    try transaction(at: time) { transaction in
      for object in objects {
        try transaction.execute("UPDATE files SET removed = ? WHERE object = ?", [time, object])
      }
      for model in models {
        try transaction.execute("UPDATE versions SET removed = ? WHERE version = ?", [time, model])
        try transaction.execute("DELETE FROM lineage WHERE version = ?", [model])
      }
      for job in predictions {
        try transaction.execute(
          "DELETE FROM predictions WHERE version = ? AND name = ? AND sha256 = ?",
          [job.version, job.name, job.sha256])
      }
      for item in items { try transaction.record("\(item.kind).removed", ["path": item.path]) }
    }
  }
}
