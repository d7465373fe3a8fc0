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

    /// One of the words of a type.
    static func choice<Words: RawRepresentable<String> & CaseIterable>(of: Words.Type) -> Kind {
      .choice(Words.allCases.map(\.rawValue))
    }
  }

  struct Column {
    var name: String
    var kind: Kind
    var isOptional: Bool
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
  var relations: [Relation]

  /// - Parameter columns: what each holds; the name of one that may hold nothing ends in "?".
  init(
    _ name: String, key: [String], _ columns: KeyValuePairs<String, Kind>,
    relations: [Relation] = []
  ) {
    self.name = name
    self.key = key
    self.columns = columns.map { column, kind in
      let isOptional = column.hasSuffix("?")
      return Column(
        name: isOptional ? String(column.dropLast()) : column, kind: kind, isOptional: isOptional)
    }
    self.relations = relations
  }
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
          // Sums of floating-point numbers may miss an end by their last digits.
          "\(Self.isOutside(LedgerTable.metricValues)) OR (\(Self.isShare)) AND "
            + "value NOT BETWEEN -1e-9 AND 1 + 1e-9")
      case .findings:
        Self.json(
          name, "array",
          "type <> 'object' OR json_type(value, '$.code') IS NOT 'text' "
            + "OR json_type(value, '$.message') IS NOT 'text' "
            + "OR json_type(value, '$.column') NOT IN ('text', 'null')")
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
  /// The metrics that the ledger holds; a trainer drops others.
  static let metricValues = -1e300...1e300
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
    "files", key: ["id"],
    [
      "id": number, "source": .text, "name": .text, "device": any, "inode": any,
      "size": .integer(0...Int64.max), "modified": any, "changed": any, "sha256": digest,
      "object": .path, "state": .choice(of: FileState.self),
      "role": .choice(["labelled", "unlabelled", "refused"]), "rows": count, "findings": .findings,
      "drift": .number(0...1e300), "at": instant, "removed?": instant, "background": .flag,
    ])

  private static let runs = LedgerTable(
    "runs", key: ["id"],
    [
      "id": number, "state": .choice(of: RunState.self), "upto": number, "files": count,
      "rows": count, "started": instant, "ended?": instant, "version?": .text, "message": .text,
      "seconds": .numbers(0...1e11),
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
    "versions", key: ["sequence"],
    [
      "sequence": number, "version": .path, "run": number, "parent?": .text, "base?": .text,
      "passes": .flag, "objections": .texts, "metrics": .metrics, "rows": count, "at": instant,
      "removed?": instant,
    ],
    relations: [
      version("parent"), version("base"),
      Relation(
        columns: ["run"], holds: "SELECT 1 FROM runs AS other WHERE other.id = it.run",
        expected: "a run of the table runs"),
    ])

  private static let smallTables: [LedgerTable] = [
    LedgerTable(
      "lineage", key: ["version", "sha256"],
      ["version": .text, "sha256": digest],
      relations: [
        version("version"),
        Relation(
          columns: ["sha256"],
          holds: "SELECT 1 FROM files AS other WHERE other.sha256 = it.sha256",
          expected: "the content of a file of the table files"),
      ]),
    LedgerTable(
      "aliases", key: ["name"],
      ["name": .choice(of: Alias.self), "version": .text, "at": instant],
      relations: [version("version")]),
    LedgerTable(
      "predictions", key: ["version", "name", "sha256"],
      [
        "version": .text, "name": .text, "sha256": digest, "output?": .path, "rows": count,
        "problem?": .text, "at": instant,
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
      "audit", key: ["sequence"],
      ["sequence": number, "line": .text, "hash": digest]),
    LedgerTable(
      "counters", key: ["name"],
      ["name": .text, "value": .number(0...1e18)]),
    LedgerTable(
      "deliveries", key: ["place"],
      ["place": .text, "version?": .text, "at?": instant, "problem?": .text]),
    LedgerTable(
      "sqlite_sequence", key: ["name"],
      ["name": .text, "seq": .integer(0...AuditRecord.numbers.upperBound)]),
  ]

  private static let remoteTables: [LedgerTable] = [
    LedgerTable(
      "remote_objects", key: ["source", "name", "tag"],
      [
        "source": .text, "name": .text, "size": .integer(0...Int64.max), "modified": any,
        "tag": .text, "version": .text, "settled": .flag,
      ]),
    LedgerTable(
      "publications", key: ["target", "output"],
      ["target": .text, "output": .path, "at": instant, "was_there": .flag]),
    LedgerTable(
      "remote_places", key: ["place"],
      [
        "place": .text, "kind": .choice(of: RemotePlace.Kind.self), "waiting": count,
        "problem?": .text, "reached?": instant,
      ]),
  ]
}
