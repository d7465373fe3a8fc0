// The places of the ledger: which model each of them has, and why it has not that in service.
internal import GRDB

/// What a place has to which models are brought.
struct DeliveryRecord: Sendable, Equatable, Decodable, FetchableRecord {
  /// The model that it has; nil before the first.
  var version: String?
  /// When it got that.
  var at: Double?
  /// Why the last attempt failed; nil if it did not.
  var problem: String?
}

extension Ledger {
  /// What a place has; nil before the first delivery to it.
  func delivery(to place: String) throws -> DeliveryRecord? {
    try read {
      try DeliveryRecord.fetchOne(
        $0, sql: "SELECT version, at, problem FROM deliveries WHERE place = ?", arguments: [place])
    }
  }

  /// Notes that a place has a model.
  func note(place: String, version: String, at time: Double = Timestamp.now()) throws {
    try transaction(at: time) { transaction in
      let before: String? = try transaction.value(
        "SELECT version FROM deliveries WHERE place = ?", [place])
      try transaction.execute(
        "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, NULL)", [place, version, time])
      // A restart that finds the model there is no event.
      guard before != version else { return }
      try transaction.record("model.delivered", ["version": version, "place": place])
    }
  }

  /// Notes that a place could not get a model; the same problem again is no event.
  func note(place: String, problem: String, at time: Double = Timestamp.now()) throws {
    try transaction(at: time) { transaction in
      let before: String? = try transaction.value(
        "SELECT problem FROM deliveries WHERE place = ?", [place])
      guard before != problem else { return }
      try transaction.execute(
        """
        INSERT INTO deliveries (place, problem) VALUES (?, ?)
        ON CONFLICT (place) DO UPDATE SET problem = excluded.problem
        """, [place, problem])
      try transaction.record("model.not_delivered", ["place": place, "problem": problem])
    }
  }
}
