// What people read when something fails: the facts of the rooms below with the advice of the command
// line, and the exit code.
import Classification
import Configuration
import Connectors
import Extraction
import Foundation
import LearningTasks
import LoopContract
import Pipeline
import Recommendation
import Storage
import Tables
import TestSupport
import Testing

@testable import mlcore

@Suite(.onOwnThread) struct MessagesTests {
  /// An error and what the program makes of it.
  struct Message {
    let error: any Error
    let code: ProgramExitCode
    let facts: String
    let advice: String

    init(_ error: any Error, _ code: ProgramExitCode, _ facts: String, _ advice: String) {
      self.error = error
      self.code = code
      self.facts = facts
      self.advice = advice
    }
  }

  private static let composed = "\u{E9}"
  private static let decomposed = "e\u{301}"
  static let digest = String(repeating: "0123456789abcdef", count: 4)

  private static let settings = [
    Message(
      ConfigurationError.unknownKey(
        key: "boosting.num_leafs", source: "--set", suggestion: "boosting.num_leaves"), .usage,
      "--set: there is no key 'boosting.num_leafs'", "Did you mean 'boosting.num_leaves'?"),
    Message(
      ConfigurationError.otherTask(file: "run.toml", found: "churn", expected: "regression"),
      .usage,
      "run.toml: this file is for the task 'churn', expected 'regression'",
      "Give a file of the task regression, or name the task churn in place of regression."),
    Message(
      ConfigurationError.notAnAssignment(text: "leaves", source: "--set"), .usage,
      "--set leaves: expected section.key=value",
      "Write for example --set boosting.learning_rate=0.05."),
    Message(
      ChurnConfiguration.missing("data.path"), .usage, "nothing was given for data.path (--data)",
      "Add --data, or set data.path in the --config file."),
    Message(
      ConfigurationError.missing(key: "data.path", flag: nil), .usage,
      "nothing was given for data.path", "Set data.path in the --config file."),
    Message(
      ConfigurationError.noTask(file: "run.toml"), .usage,
      "run.toml: there is no key 'task', expected the name of a task",
      "Set task in that file, or name the task, as in 'mlcore train churn'."),
    Message(
      ConfigurationError.unreadable(file: "run.toml", problem: "there is no such file"), .file,
      "run.toml: there is no such file",
      "Name a file with settings that you may read, such as a run.toml."),
    Message(
      ConfigurationError.sectionAsKey(
        section: "boosting", source: "run.toml", example: "boosting.num_trees"), .usage,
      "run.toml: 'boosting' is a section, expected values of its keys",
      "Write [boosting] on a line, and below it lines such as num_trees = VALUE."),
    Message(
      ConfigurationError.sectionAsKey(
        section: "boosting", source: "--set", example: "boosting.num_trees"), .usage,
      "--set: 'boosting' is a section, expected values of its keys",
      "Write for example --set boosting.num_trees=VALUE; 'mlcore help settings' lists the keys of "
        + "boosting."),
    Message(
      ConfigurationError.syntax(file: "run.toml", line: 2, problem: "expected ']',\tsaw '\n'."),
      .usage, "run.toml: line 2: this is not TOML (expected ']', saw ' ')",
      "Correct the line; text needs quotes, lists need brackets."),
    Message(
      RecommenderConfiguration.unfit("data.highest_rating", found: "1", expected: "more than 2"),
      .usage, "data.highest_rating (--highest-rating) is 1, expected more than 2",
      "Correct it, or leave data.highest_rating out for its default."),
    Message(
      ConfigurationError.unfitOption(
        name: "trials", found: "0", expected: "a whole number from 1 to 9"), .usage,
      "--trials is 0, expected a whole number from 1 to 9",
      "Correct it, or leave --trials out for its default."),
  ]

  private static let files = [
    Message(
      TableError.notFound(path: "a.csv"), .file, "a.csv: no such file or folder",
      "Check the spelling; a relative path starts at the current folder."),
    Message(
      TableError.noFolder(path: "new"), .file, "the folder new does not exist",
      "Make the folder first, or write to another one."),
    Message(
      TableError.badCell(
        file: "a.csv", row: 1, line: 2, column: "fee", cell: "62,40", expected: .number), .data,
      "a.csv: line 2, column 'fee': found '62,40', expected a number",
      "Write the number with a decimal point, or train with --decimal , if all numbers have a comma."
    ),
    Message(
      TableError.badCell(
        file: "a.csv", row: 1, line: 2, column: "fee", cell: "much", expected: .number), .data,
      "a.csv: line 2, column 'fee': found 'much', expected a number",
      "Correct the cell, or leave it empty if its value is not known."),
    Message(
      TableError.nestedColumns(file: "a.parquet", columns: ["tags", "home"]), .data,
      "a.parquet: the columns 'tags', 'home' cannot be used: nested values, expected numbers, texts, "
        + "dates or true and false",
      "Leave out what is nested, with --drop 'tags,home', or store it as numbers or strings."),
    Message(
      TableError.notAFolder(path: "a.csv"), .file, "a.csv: this is a file, expected a folder",
      "Choose a folder, or a name that does not exist yet."),
    Message(
      TableError.badLocation(location: "s3://", reason: "it names no bucket"), .usage,
      "s3://: not a location: it names no bucket",
      "Write it as a path, or as s3://bucket/path?endpoint_override=HOST:PORT."),
    Message(
      TableError.notParquet(file: "a.parquet", reason: "thrift:\n\tno more data."), .data,
      "a.parquet: not a complete Parquet file (thrift: no more data)",
      "Copy or write the file again; the end of a Parquet file is its index."),
    Message(
      StorageError.system(.read, path: "q.sql", errorNumber: EISDIR), .file,
      "cannot read q.sql: Is a directory", "Name a file: this is a folder."),
    Message(
      PipelineError.system(.create, path: "key", errorNumber: EEXIST), .file,
      "cannot create key: File exists", "Choose another name: there is something of this name."),
    Message(
      TableError.fileFailed(path: "a.csv", reason: "write: No space left on device"), .file,
      "a.csv: write: No space left on device", "Free some space, or write to another disk."),
    Message(
      TableError.unknownColumn(file: "a.csv", name: "tenur", known: ["tenure", "x"]), .data,
      "a.csv: there is no column 'tenur'", "Did you mean 'tenure'?"),
    Message(
      TableError.unknownColumn(file: "a.csv", name: "tenur", known: ["a", "b"]), .data,
      "a.csv: there is no column 'tenur'", "Name one of the columns: a, b."),
    Message(
      TableError.missingColumn(file: "a.csv", name: "tenure", known: ["a", "b"]), .data,
      "a.csv: the column 'tenure' is missing", "Add it to the file, whose columns are: a, b."),
    Message(
      TableError.missingColumn(file: "a.csv", name: decomposed, known: [composed]), .data,
      "a.csv: the column '\(decomposed)' is missing",
      "Copy the name '\(composed)' from the table: it is in another Unicode form."),
    Message(
      TableError.raggedRow(file: "a.csv", line: 2, expected: 3, found: 1), .data,
      "a.csv: line 2 has 1 field, expected 3",
      "Quote fields that hold the delimiter, or name the right one with --delimiter."),
    Message(
      TableError.invalidText(file: "a.parquet", column: "city"), .data,
      "a.parquet: the column 'city' holds text that is not valid UTF-8",
      "Write the column as UTF-8, or leave it out."),
    Message(
      TableError.unknownFormat(path: "a.txt"), .usage,
      "a.txt: the name ends in none of .csv, .parquet and .jsonl",
      "Name the output FILE.csv, FILE.parquet or FILE.jsonl, or - for CSV on standard output."),
    Message(
      StorageError.exists(path: "m"), .file, "m exists already",
      "Choose another name, or replace what is there with --force."),
    Message(
      StorageError.olderVersion(file: "m/manifest.json", found: 1, expected: 2), .corrupt,
      "m/manifest.json: found format version 1 of an older mlcore, expected 2",
      "Train the model again."),
    Message(
      StorageError.system(.write, path: "m/model", errorNumber: ENOSPC), .file,
      "cannot write m/model: No space left on device",
      "Free some space, or write to another disk."),
    Message(
      StorageError.system(.create, path: "/m", errorNumber: EACCES), .file,
      "cannot create /m: Permission denied",
      "Choose a place that you may use, or ask for the permission."),
    Message(
      StorageError.unlisted(file: "m/x"), .corrupt,
      "m/x: found a file that manifest.json does not list, expected only those it lists",
      "Remove that file."),
  ]

  private static let databases = [
    Message(
      ConnectorError.unknownColumn(
        statement: "q.sql", name: "customernumbr", known: ["customerNumber"]), .data,
      "q.sql: the query has no column 'customernumbr'", "Did you mean 'customerNumber'?"),
    Message(
      ConnectorError.noVectorExtension(source: "postgresql://h/db"), .remote,
      "postgresql://h/db: the database has no extension 'vector'",
      "Install pgvector on the server, and run CREATE EXTENSION vector; in this database."),
    Message(
      ConnectorError.cannotConnect(source: "mysql://h/db", reason: "access denied"), .remote,
      "mysql://h/db: cannot connect (access denied)",
      "Check host, port, user and database; the password is read from MYSQL_PWD, PGPASSWORD, "
        + "~/.my.cnf or ~/.pgpass, and by etl from MLCORE_SOURCE_PASSWORD before all of them."),
    Message(
      ConnectorError.statementFailed(
        source: "SQLite", statement: "q.sql", place: nil, reason: "no such table: rattings"), .data,
      "q.sql: SQLite refuses the statement (no such table: rattings)",
      "Correct the query; it must be one SELECT in the database's own dialect."),
    Message(
      ConnectorError.statementFailed(
        source: "SQLite", statement: "classicmodels", place: nil, reason: "no such table: ratings"),
      .data, "classicmodels: SQLite refuses the statement (no such table: ratings)",
      "Name a database with the tables of classicmodels as --source, or a file with a query of your "
        + "own as --query."),
    Message(
      ConnectorError.otherDimension(table: "item_emb", found: 8, expected: 16), .checkFailed,
      "table item_emb: its vectors have 8 numbers, expected 16; nothing was changed",
      "Add --force to replace the table, or write into another database."),
    Message(
      ExtractError.otherPartitions(folder: "out", found: "year", wanted: "month"), .file,
      "out: the folder is partitioned by 'year', expected 'month'",
      "Choose another folder, or add --force to replace the partitions."),
  ]

  private static let loop = [
    Message(
      PipelineError.notAHome(path: "h"), .file,
      "h: this is not a home of the loop: it has no pipeline.toml",
      "Make one with 'mlcore watch --init --home DIR'."),
    Message(
      PipelineError.notEncrypted(path: "h/a.csv"), .usage,
      "h/a.csv: this file is not encrypted, expected an encrypted file of the home",
      "Read it as it is, or name a file that ends in .enc."),
    Message(
      PipelineError.rejected(version: "v1", objections: ["the AUC fell"]), .checkFailed,
      "the gate rejected v1: the AUC fell",
      "Promote it anyway with --force, or train on other data."),
    Message(
      PipelineError.ledger(path: "h/ledger.sqlite", problem: "database is locked", .busy), .locked,
      "h/ledger.sqlite: database is locked",
      "End the other program that has it open; the loop tries again."),
    Message(
      PipelineError.system(.flush, path: "h/x", errorNumber: ENOSPC), .file,
      "cannot force onto the disk h/x: No space left on device",
      "Free some space; nothing that was dropped is lost."),
    Message(
      PipelineError.step(StepFailure(kind: .remote, facts: "one\nline", advice: "wait")), .remote,
      "one\\nline", "Wait."),
  ]

  private static let all = settings + files + databases + learning + searches + loop

  @Test func `every error is a line of facts and a line of advice`() throws {
    for message in Self.all {
      let shown = try #require(CommandLineError(message.error), "\(message.error)")
      #expect(shown.text == "mlcore: \(message.facts)\n\(message.advice)\n")
      #expect(shown.code == message.code, "\(message.facts)")
    }
  }

  /// An option of some verb, as the program describes itself.
  private struct Argument: Decodable {
    struct Name: Decodable {
      var name: String
    }
    var kind: String
    var preferredName: Name?
    var valueName: String?
  }

  private struct Command: Decodable {
    var arguments: [Argument]?
    var subcommands: [Command]?

    /// The arguments of the command and of all below it.
    var all: [Argument] { (arguments ?? []) + (subcommands ?? []).flatMap(\.all) }
  }

  private func arguments() throws -> [Argument] {
    struct Dump: Decodable {
      var command: Command
    }
    let result = try Program.run(["--experimental-dump-help"])
    let dump = try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8))
    #expect(dump.command.all.count > 100)
    return dump.command.all
  }

  @Test func `every flag in an advice is one of some verb`() throws {
    let flags = Set(try arguments().compactMap { $0.preferredName.map { "--\($0.name)" } })
    for message in Self.all {
      let shown = try #require(CommandLineError(message.error))
      for match in shown.advice.matches(of: /--[a-z][a-z-]*/) {
        #expect(flags.contains(String(match.output)), "\(shown.advice)")
      }
    }
  }

  @Test func `every flag for a place refuses an empty one`() throws {
    let places: Set<String> = ["dir", "file", "path", "data", "uri", "query"]
    let flags = try arguments().filter { argument in
      argument.kind == "option" && argument.valueName.map(places.contains) == true
    }.compactMap { $0.preferredName.map { "--\($0.name)" } }
    #expect(Set(flags) == EmptyPath.flags)
  }

  @Test func `a baseline that ranks better than the model is named with both measures`() throws {
    func text(_ name: String) -> String? {
      let warning = RunWarning.betterBaseline(name: name, k: 10, model: 0.12, baseline: 0.34)
      let message = ProgressEvent.warning(warning).message
      #expect(message?.kind == "warning")
      return message?.text
    }
    #expect(
      text("ials")
        == "the baseline ials ranks better than the model: NDCG@10 0.3400, model 0.1200; "
        + "search hyperparameters with 'mlcore tune recommender', or give the model more "
        + "interactions")
    for name in ["graph", "ease"] {
      #expect(
        text(name)
          == "the baseline \(name) ranks better than the model: NDCG@10 0.3400, model 0.1200; "
          + "train with --preset \(name)")
    }
  }
}
