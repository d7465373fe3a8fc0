// A record of the audit log: a line of JSON, chained by its hash to the one before.
internal import FoundationEssentials
internal import Storage

/// A record as far as the chain goes.
package struct AuditRecord: Decodable {
  package var seq: Int64
  package var time: String
  package var prev: String
  package var hash: String
  package var event: String
  package var details: [String: String]

  /// What the first record is chained to.
  package static let chainStart = String(repeating: "0", count: 64)

  /// The hash of a record, of its line up to the hash.
  package static func chainHash(_ line: String) -> String {
    Digest.sha256(Array(line.utf8)).hexadecimal
  }

  /// The numbers that a record may have, far below where a sum would overflow.
  package static let numbers: ClosedRange<Int64> = 1...1_000_000_000_000_000

  /// Reads a line of the log; nil for one that is no record.
  package init?(line: String) {
    guard let record = try? JSONDecoder().decode(Self.self, from: Data(line.utf8)),
      Self.numbers.contains(record.seq)
    else { return nil }
    self = record
  }

  /// Whether the hash is that of the line.
  package func isSound(in line: String) -> Bool {
    let ending = ",\"hash\":\"\(hash)\"}"
    return line.hasSuffix(ending) && Self.chainHash(String(line.dropLast(ending.count))) == hash
  }

  /// The file of a record's month.
  package static func fileName(_ line: String) -> String {
    let time =
      line.firstRange(of: "\"time\":\"").map { line[$0.upperBound...].prefix(7) } ?? "0000-00"
    return "audit-\(time).jsonl"
  }
}
