// What each column of the ledger may hold, said once: SQLite itself takes a text in a number's place,
// and whoever decodes that would get a zero, or end the program.
internal import PipelineSecurity

/// What a table of the ledger has to hold.
struct LedgerTable {
  /// What the values of a column are.
  enum Kind {
    case integer(ClosedRange<Int64>)
    /// A number, whole or not, that is neither infinite nor beyond these bounds.
    case number(ClosedRange<Double>)
    case flag
    case text
    case choice([String])
    /// Lower-case hexadecimal digits, so many of them.
    case hexadecimal(Int)
    /// A path below a folder, which leads out of nowhere.
    case path
    /// JSON: a list of texts.
    case texts
    /// JSON: numbers by name, within these bounds.
    case numbers(ClosedRange<Double>)
    /// JSON: numbers by the names of metrics, some of which are shares.
    case metrics
    /// JSON: a list of findings.
    case findings
  }

  struct Column {
    var name: String
    var kind: Kind
    var isOptional: Bool

    init(_ name: String, _ kind: Kind, isOptional: Bool = false) {
      (self.name, self.kind, self.isOptional) = (name, kind, isOptional)
    }
  }

  /// Values of columns that another table has to have.
  struct Relation {
    var columns: [String]
    /// The condition on a row of the other table, by its name.
    var holds: String
    var expected: String
  }

  var name: String
  /// The columns that tell a row from the others.
  var key: [String]
  var columns: [Column]
  var relations: [Relation] = []
}

extension LedgerTable.Column {
  /// The SQL condition under which a value of the column is not what it should be.
  var fault: String {
    let bad =
      switch kind {
      case .integer(let range):
        "typeof(\(name)) <> 'integer' OR \(name) NOT BETWEEN \(range.lowerBound) AND \(range.upperBound)"
      case .number(let range):
        "typeof(\(name)) NOT IN ('integer', 'real') "
          + "OR \(name) NOT BETWEEN \(range.lowerBound) AND \(range.upperBound)"
      case .flag: "typeof(\(name)) <> 'integer' OR \(name) NOT IN (0, 1)"
      case .text: "typeof(\(name)) <> 'text'"
      case .choice(let words):
        "typeof(\(name)) <> 'text' OR \(name) NOT IN ("
          + words.map { "'\($0)'" }.joined(separator: ", ") + ")"
      case .hexadecimal(let count):
        "typeof(\(name)) <> 'text' OR length(\(name)) <> \(count) OR \(name) GLOB '*[^0-9a-f]*'"
      case .path:
        "typeof(\(name)) <> 'text' OR \(name) = '' OR \(name) GLOB '/*' "
          + "OR '/' || \(name) || '/' GLOB '*/../*'"
      case .texts: Self.json(name, "array", "type <> 'text'")
      case .numbers(let range): Self.json(name, "object", Self.isOutside(range))
      case .metrics:
        Self.json(
          name, "object",
          "\(Self.isOutside(Self.finite)) OR (\(Self.isShare)) AND value NOT BETWEEN 0 AND 1")
      case .findings:
        Self.json(
          name, "array",
          "type <> 'object' OR json_type(value, '$.code') IS NOT 'text' "
            + "OR json_type(value, '$.message') IS NOT 'text'")
      }
    return isOptional ? "\(name) IS NOT NULL AND (\(bad))" : bad
  }

  /// The condition under which a text is no JSON of a kind, or has an element that is wrong.
  private static func json(_ name: String, _ type: String, _ wrong: String) -> String {
    "CASE WHEN typeof(\(name)) <> 'text' OR NOT json_valid(\(name)) THEN 1 "
      + "WHEN json_type(\(name)) <> '\(type)' THEN 1 "
      + "ELSE EXISTS (SELECT 1 FROM json_each(\(name)) WHERE \(wrong)) END"
  }

  /// The condition under which an element is no number between two.
  private static func isOutside(_ range: ClosedRange<Double>) -> String {
    "type NOT IN ('integer', 'real') "
      + "OR value NOT BETWEEN \(range.lowerBound) AND \(range.upperBound)"
  }

  private static let finite = -1e300...1e300
  /// The condition on the name of a metric that goes from 0 to 1.
  private static let isShare =
    "key IN ('auc', 'champion_auc', 'brier', 'ece', 'popularity_ndcg', 'champion_ndcg') "
    + ["ndcg", "recall", "coverage"].map { "OR key GLOB '\($0)_at_*'" }.joined(separator: " ")

  /// What a value should be, in words.
  var expected: String {
    let words =
      switch kind {
      case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
      case .flag: "0 or 1"
      case .text: "a text"
      case .choice(let words): "one of " + words.joined(separator: ", ")
      case .hexadecimal(let count): "\(count) hexadecimal digits"
      case .path: "a path below the folder"
      case .texts: "a JSON list of texts"
      case .numbers(let range):
        "a JSON object of numbers from \(range.lowerBound) to \(range.upperBound)"
      case .metrics: "a JSON object of finite metrics, with shares from 0 to 1"
      case .findings: "a JSON list of findings, each with a code and a message"
      }
    return isOptional ? words + ", or nothing" : words
  }
}

extension LedgerTable {
  private static let count = Kind.integer(0...1_000_000_000_000)
  /// Far below where a sum would overflow.
  private static let number = Kind.integer(AuditRecord.numbers)
  private static let any = Kind.integer(Int64.min...Int64.max)
  private static let digest = Kind.hexadecimal(64)
  /// Seconds since 1970; a clock that was set wrong is within it.
  private static let instant = Kind.number(-1e11...1e11)

  private static func version(_ column: String) -> Relation {
    Relation(
      columns: [column],
      holds: "SELECT 1 FROM versions AS other WHERE other.version = it.\(column)",
      expected: "a version of the table versions")
  }

  /// All tables of the ledger.
  static let all: [LedgerTable] = [files, runs, versions] + smallTables + remoteTables

  private static let files = LedgerTable(
    name: "files", key: ["id"],
    columns: [
      Column("id", number), Column("source", .text), Column("name", .text), Column("device", any),
      Column("inode", any), Column("size", .integer(0...Int64.max)), Column("modified", any),
      Column("changed", any), Column("sha256", digest), Column("object", .path),
      Column("state", .choice(["ingested", "duplicate", "quarantined"])),
      Column("role", .choice(["labelled", "unlabelled", "refused"])), Column("rows", count),
      Column("findings", .findings), Column("drift", .number(0...1e300)), Column("at", instant),
      Column("removed", instant, isOptional: true), Column("background", .flag),
    ])

  private static let runs = LedgerTable(
    name: "runs", key: ["id"],
    columns: [
      Column("id", number),
      Column(
        "state",
        .choice([
          "running", "interrupted", "failed", "promoted", "waiting", "rejected", "unchanged",
        ])),
      Column("upto", number), Column("files", count),
      Column("rows", count), Column("started", instant),
      Column("ended", instant, isOptional: true),
      Column("version", .text, isOptional: true),
      Column("message", .text), Column("seconds", .numbers(0...1e11)),
    ],
    relations: [
      version("version"),
      // A file that was let in later got a new number, above those that SQLite has counted.
      Relation(
        columns: ["upto"],
        holds: """
          SELECT 1 WHERE it.upto <= MAX(
            COALESCE((SELECT MAX(id) FROM files), 0),
            COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'files'), 0))
          """, expected: "the id of a file, or one below the newest"),
    ])

  private static let versions = LedgerTable(
    name: "versions", key: ["sequence"],
    columns: [
      Column("sequence", number), Column("version", .path), Column("run", number),
      Column("parent", .text, isOptional: true), Column("base", .text, isOptional: true),
      Column("passes", .flag), Column("objections", .texts), Column("metrics", .metrics),
      Column("rows", count), Column("at", instant), Column("removed", instant, isOptional: true),
    ],
    relations: [
      version("parent"), version("base"),
      Relation(
        columns: ["run"], holds: "SELECT 1 FROM runs AS other WHERE other.id = it.run",
        expected: "a run of the table runs"),
    ])

  private static let smallTables: [LedgerTable] = [
    LedgerTable(
      name: "lineage", key: ["version", "sha256"],
      columns: [Column("version", .text), Column("sha256", digest)],
      relations: [
        version("version"),
        Relation(
          columns: ["sha256"],
          holds: "SELECT 1 FROM files AS other WHERE other.sha256 = it.sha256",
          expected: "the content of a file of the table files"),
      ]),
    LedgerTable(
      name: "aliases", key: ["name"],
      columns: [
        Column("name", .choice(Alias.allCases.map(\.rawValue))), Column("version", .text),
        Column("at", instant),
      ],
      relations: [version("version")]),
    LedgerTable(
      name: "predictions", key: ["version", "name", "sha256"],
      columns: [
        Column("version", .text), Column("name", .text), Column("sha256", digest),
        Column("output", .path, isOptional: true), Column("rows", count),
        Column("problem", .text, isOptional: true), Column("at", instant),
      ],
      relations: [
        version("version"),
        Relation(
          columns: ["name", "sha256"],
          holds: """
            SELECT 1 FROM files AS other WHERE other.sha256 = it.sha256 AND other.name = it.name
            """, expected: "a file of the table files"),
      ]),
    LedgerTable(
      name: "audit", key: ["sequence"],
      columns: [
        Column("sequence", number), Column("line", .text), Column("hash", digest),
      ]),
    LedgerTable(
      name: "counters", key: ["name"],
      columns: [
        Column("name", .text), Column("value", .number(0...1e18)),
      ]),
    LedgerTable(
      name: "deliveries", key: ["place"],
      columns: [
        Column("place", .text), Column("version", .text, isOptional: true),
        Column("at", instant, isOptional: true), Column("problem", .text, isOptional: true),
      ]),
    LedgerTable(
      name: "sqlite_sequence", key: ["name"],
      columns: [
        Column("name", .text), Column("seq", .integer(0...AuditRecord.numbers.upperBound)),
      ]),
  ]

  private static let remoteTables: [LedgerTable] = [
    LedgerTable(
      name: "remote_objects", key: ["source", "name", "tag"],
      columns: [
        Column("source", .text), Column("name", .text), Column("size", .integer(0...Int64.max)),
        Column("modified", any), Column("tag", .text), Column("version", .text),
        Column("settled", .flag),
      ]),
    LedgerTable(
      name: "publications", key: ["target", "output"],
      columns: [
        Column("target", .text), Column("output", .path), Column("at", instant),
        Column("was_there", .flag),
      ]),
    LedgerTable(
      name: "remote_places", key: ["place"],
      columns: [
        Column("place", .text), Column("kind", .choice(["folder", "queue", "output"])),
        Column("waiting", count), Column("problem", .text, isOptional: true),
        Column("reached", instant, isOptional: true),
      ]),
  ]
}
