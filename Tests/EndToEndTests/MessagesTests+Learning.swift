// The messages of training and of searches.
import Evaluation
import GradientBoosting
import LearningTasks
import Preprocessing
import Recommendation
import Recommender
import Tuning

@testable import mlcore

extension MessagesTests {
  static let learning = [
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
      TaskError.interactions(found: 9, most: 1), .usage,
      "--interactions is 9, expected a whole number from 1 to 1",
      "Give --interactions a number in that range: the trees of the model join 1 pair of columns."),
    Message(
      TaskError.interactions(found: 2, most: 0), .usage,
      "--interactions is given, but no tree of the model asks about two columns on one path",
      "Leave --interactions out."),
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

  static let searches = [
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
}
