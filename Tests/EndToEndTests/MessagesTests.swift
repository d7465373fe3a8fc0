import Classification
// What people read when something fails: the facts of the rooms below with the advice of the command
// line, and the exit code.
import Configuration
import Connectors
import Evaluation
import Extraction
import Foundation
import GradientBoosting
import LearningTasks
import LoopContract
import Pipeline
import Preprocessing
import Recommendation
import Recommender
import Storage
import Tables
import TestSupport
import Testing
import Tuning

@testable import mlcore

@Suite(.onOwnThread) struct MessagesTests {
  /// An error and what the program makes of it.
  private struct Message {
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
  private static let digest = String(repeating: "0123456789abcdef", count: 4)

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
      "a.txt: the name ends in neither .csv nor .parquet",
      "Name the output FILE.csv, FILE.parquet, or - for CSV on standard output."),
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

  private static let learning = [
    Message(
      TaskError.otherModel(folder: "m", found: "regression", expected: ["recommender"]), .file,
      "m: this is a model of the task 'regression', expected 'recommender'",
      "Give a folder that 'mlcore train recommender' wrote."),
    Message(
      TaskError.noStudy(folder: "m"), .file, "m: this run folder holds no study of a search",
      "Give a folder that 'mlcore tune' wrote."),
    Message(
      TaskError.otherTask(folder: "m", found: "churn", expected: "regression"), .usage,
      "m: this is a search of the task 'churn', expected one of the task 'regression'",
      "Give a folder that 'mlcore tune regression' wrote, or leave --warm-start out."),
    Message(
      TaskError.reasons(found: 0, most: 1), .usage,
      "--explain is 0, expected a whole number from 1 to 1",
      "Give --explain a number in that range: the model reads 1 column."),
    Message(
      TaskError.exportDiffers(file: "m.onnx", difference: 0.5, limit: 0.001), .checkFailed,
      "m.onnx: the exported model's predictions differ by up to 0.5, expected at most 0.001; it was "
        + "not written", "Keep using the model with mlcore, and report this with the model."),
    Message(
      TaskError.noTarget(name: "chrun", data: "a.csv", known: ["id", "churn"]), .data,
      "a.csv: there is no column 'chrun' to predict", "Did you mean 'churn'?"),
    Message(
      TaskError.noTarget(name: "left", data: "a.csv", known: ["id", "churn"]), .data,
      "a.csv: there is no column 'left' to predict", "Name one of the columns: id, churn."),
    Message(
      TaskError.noTarget(name: "left", data: "a.csv", known: ["id:left"]), .data,
      "a.csv: there is no column 'left' to predict",
      "The table has the column id:left: name the right delimiter with --delimiter; a table without "
        + "header needs --no-header."),
    Message(
      TaskError.textTarget(column: "street", place: "line 2", found: "a", data: "a.csv"), .data,
      "a.csv: the target 'street' is 'a' in line 2, expected a number: regression predicts numbers",
      "Correct the cell, or name a column of numbers as --target; 'mlcore train classification' "
        + "predicts one of two classes."),
    Message(
      TaskError.textTarget(column: "fee", place: "line 2", found: "62,40", data: "a.csv"), .data,
      "a.csv: the target 'fee' is '62,40' in line 2, expected a number: regression predicts numbers",
      "Train with --decimal , if numbers have a comma before the fraction."),
    Message(
      TaskError.noUsableTrial(count: 1), .data, "none of 1 trial ended with a finite loss",
      "Give a lower --learning-rate, or look at the numbers of the features."),
    Message(
      RecommendationError.noColumn(
        role: "users", name: nil, key: "data.user_id", data: "a.csv", known: ["a", "b"]), .usage,
      "a.csv: no column of users was found by its name",
      "Set data.user_id (--user-id) to one of the columns: a, b."),
    Message(
      RecommendationError.noColumn(
        role: "features", name: "age", key: "data.user_features", data: "a.csv",
        known: ["user", "item"]), .data, "a.csv: there is no column 'age' for features",
      "Name one of the columns: user, item."),
    Message(
      RecommendationError.noColumn(
        role: "features", name: "contry", key: "data.user_features", data: "a.csv",
        known: ["user", "country"]), .data, "a.csv: there is no column 'contry' for features",
      "Did you mean 'country'?"),
    Message(
      RecommendationError.noColumn(
        role: "users", name: "user", key: nil, data: "a.csv", known: ["id"]), .data,
      "a.csv: there is no column 'user' for users", "Give the table a column 'user'."),
    Message(
      RecommendationError.nothingToJudge(data: "a.csv"), .data,
      "a.csv: the model was trained on all of these interactions",
      "Give interactions that were not in the training data."),
    Message(
      RecommendationError.identifiersTooLong(file: "a.safetensors", size: 9, limit: 8), .data,
      "a.safetensors: the identifiers need a header of 9 bytes, expected at most 8",
      "Choose --format npy or --format parquet."),
    Message(
      RecommenderError.noRatings, .usage,
      "squared error needs ratings, and the interactions have none",
      "Name the column with --rating, or use --preset retrieval."),
    Message(
      TaskError.oneClass(isPositive: false, rows: 40, data: "a.csv"), .data,
      "a.csv: all 40 rows are negative, expected rows of both classes",
      "Evaluate on rows of both classes."),
    Message(
      TaskError.unusableTarget(
        column: "price", row: 1, found: "-1", expected: "a number of at least 0", data: "a.csv"),
      .data, "a.csv: the target 'price' is -1 in data row 1, expected a number of at least 0",
      "Correct the cell, or remove the row."),
    Message(
      RecommendationError.tooFewInteractions(count: 1, data: "a.csv", anywhereHelps: false), .data,
      "a.csv: a single interaction is too few for a test part", "Add interactions, or give --test."),
    Message(
      GradientBoostingError.constrainedColumnMissing(name: "tenur", known: ["tenure"]), .data,
      "monotone_constraints names \"tenur\", which is not a column to learn from",
      "Did you mean 'tenure'?"),
    Message(
      PreprocessingError.infinite(column: "x", row: 0), .data,
      "column x, data row 1: found an infinite value, expected a finite number",
      "Leave the cell empty if the value is unknown, or drop the column."),
    Message(
      EvaluationError.oneClass(label: true, rows: 7), .data,
      "all 7 rows are positive: expected rows of both classes",
      "Evaluate on rows of both classes."),
  ]

  private static let searches = [
    Message(
      TuningError.otherStudy(path: "m/study.json", key: "seed", found: "42", expected: "7"), .usage,
      "m/study.json: the study there is another one: found seed 42, expected 7",
      "Resume with the --seed of that search, or start anew with --force and without --resume."),
    Message(
      TuningError.otherStudy(
        path: "m/study.json", key: "configuration", found: digest,
        expected: String(digest.reversed())), .usage,
      "m/study.json: the study there is another one: found another value of 'configuration', "
        + "expected that of this search",
      "Resume with the settings that the search began with, or start anew with --force and without "
        + "--resume."),
    Message(
      TuningError.fewerTrials(path: "m/study.json", found: 1, asked: 0), .usage,
      "m/study.json: the study there has 1 trial, expected at most the 0 that are asked for",
      "Give --trials 1 or more, or start anew with --force and without --resume."),
    Message(
      TuningError.nothingToResume(path: "m"), .usage,
      "m: no search was begun for this folder, so there is nothing to resume",
      "Correct --out, or leave --resume out and give --out a folder that does not exist yet."),
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

  @Test func `a baseline that ranks better than the towers is named with both measures`() throws {
    let warning = RunWarning.betterBaseline(name: "ease", k: 10, model: 0.12, baseline: 0.34)
    let message = try #require(ProgressEvent.warning(warning).message)
    #expect(message.kind == "warning")
    #expect(
      message.text
        == "the baseline ease ranks better than the two towers: NDCG@10 0.3400, towers 0.1200; "
        + "search hyperparameters with 'mlcore tune recommender', or give the towers more "
        + "interactions")
  }
}
