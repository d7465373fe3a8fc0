// Our recommender's measurements for Benchmarks/compare_recommender.py: one line of JSON for each
// process.
//
// Usage: RecommenderBenchmark towers FOLDER THREADS TARGET OUT
//        RecommenderBenchmark als FOLDER THREADS key=value ...
//        RecommenderBenchmark ease FOLDER THREADS LAMBDA
//        RecommenderBenchmark graph FOLDER THREADS key=value ...
//        RecommenderBenchmark graph-grid FOLDER THREADS
//        RecommenderBenchmark neighbours FOLDER THREADS key=value ...
//        RecommenderBenchmark search ITEMS QUERIES WIDTH K THREADS OUT
//        RecommenderBenchmark machine
// FOLDER holds train.txt, valid.txt and test.txt; ITEMS and QUERIES hold vectors as float32.

import BenchmarkSupport
import Foundation

@main
struct RecommenderBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    switch (words.first, words.count) {
    case ("towers", 5):
      try printJSON(
        TowersRun.measure(
          folder: words[1], threads: number(words[2]), target: number(words[3]), out: words[4]))
    case ("als", 3...):
      try printJSON(
        BaselineRuns.leastSquares(
          folder: words[1], threads: number(words[2]), settings: words[3...]))
    case ("ease", 4):
      try printJSON(
        BaselineRuns.autoencoder(
          folder: words[1], threads: number(words[2]), lambda: number(words[3])))
    case ("graph", 3...):
      try printJSON(
        BaselineRuns.graphFilter(folder: words[1], threads: number(words[2]), settings: words[3...])
      )
    case ("graph-grid", 3):
      try printJSON(BaselineRuns.graphGrid(folder: words[1], threads: number(words[2])))
    case ("neighbours", 3...):
      try printJSON(
        BaselineRuns.neighbourhoods(
          folder: words[1], threads: number(words[2]), settings: words[3...]))
    case ("search", 7):
      try printJSON(
        SearchRun.measure(
          items: words[1], queries: words[2], width: number(words[3]), k: number(words[4]),
          threads: number(words[5]), out: words[6]))
    case ("machine", 1): try printJSON(Machine.facts)
    default: stop("towers|als|ease|graph|graph-grid|neighbours|search|machine, see its source")
    }
  }

  private static func number<Number: LosslessStringConvertible>(_ word: String) -> Number {
    guard let number = Number(word) else { stop("\(word) is not a number") }
    return number
  }

  private static func stop(_ words: String) -> Never {
    FileHandle.standardError.write(Data("usage: RecommenderBenchmark \(words)\n".utf8))
    exit(2)
  }
}
