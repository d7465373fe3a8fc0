// The generated table: the same bytes however it is made, and what it claims about itself.
import Foundation
import NumericCore
import TestSupport
import Testing

@testable import SampleData

@Suite(.onOwnThread) struct ChurnGeneratorTests {
  static func make(
    rows: Int, seed: UInt64, threads: Int = 2
  ) throws -> (facts: GeneratedChurn, text: String) {
    let folder = try TemporaryFolder()
    let path = folder.path + "/churn.csv"
    let facts = try ChurnGenerator(rows: rows, seed: seed).write(
      to: path, pool: WorkerPool(threads: threads))
    #expect(try folder.names() == ["churn.csv"])
    return (facts, try String(contentsOfFile: path, encoding: .utf8))
  }

  @Test func `the same seed gives the same bytes for any number of threads`() throws {
    // More rows than several waves of blocks, and not a whole number of blocks.
    let rows = 9 * ChurnGenerator.blockRows + 17
    let expected = try Self.make(rows: rows, seed: 1, threads: 1)
    for threads in [2, 3, 4] {
      let found = try Self.make(rows: rows, seed: 1, threads: threads)
      #expect(found.facts == expected.facts)
      #expect(found.text == expected.text)
    }
    #expect(try Self.make(rows: rows, seed: 2).text != expected.text)
  }

  @Test(arguments: [1, 100, ChurnGenerator.blockRows, ChurnGenerator.blockRows + 1])
  func `a shorter table is the beginning of a longer one`(rows: Int) throws {
    let short = try Self.make(rows: rows, seed: 9).text
    let long = try Self.make(rows: 5_000, seed: 9).text
    #expect(long.hasPrefix(short))
    #expect(short.split(separator: "\n").count == rows + 1)
  }

  @Test func `the summary agrees with the rows and with an exact computation`() throws {
    let generator = ChurnGenerator(rows: 6_000, seed: 5)
    let (facts, text) = try Self.make(rows: 6_000, seed: 5)
    let block = GeneratedBlock()
    block.make(rows: 0..<6_000, of: generator)
    let printed = text.split(separator: "\n").dropFirst().map { $0.hasSuffix(",Yes") }
    #expect(printed == block.labels)
    #expect(facts.rows == 6_000)
    #expect(facts.positives == printed.count { $0 })

    let left = zip(block.probabilities, block.labels).filter(\.1).map(\.0)
    let stayed = zip(block.probabilities, block.labels).filter { !$0.1 }.map(\.0)
    var wins = 0.0
    for high in left { for low in stayed { wins += high > low ? 1 : high == low ? 0.5 : 0 } }
    let auc = wins / Double(left.count * stayed.count)
    #expect(abs(try #require(facts.bestAUC) - auc) < 1e-4)
    let loss = zip(block.probabilities, block.labels).reduce(0.0) {
      $0 - log($1.1 ? $1.0 : 1 - $1.0)
    }
    #expect(abs(facts.bestLogLoss - loss / 6_000) < 1e-9)
  }

  @Test(arguments: [1, 2, 3])
  func `about 26 of 100 leave, and the best auc is that of a hard but fair task`(
    seed: UInt64
  ) throws {
    let facts = try Self.make(rows: 40_000, seed: seed).facts
    let rate = Double(facts.positives) / Double(facts.rows)
    #expect(rate > 0.25 && rate < 0.27)
    let auc = try #require(facts.bestAUC)
    #expect(auc > 0.85 && auc < 0.88)
  }

  @Test func `the labels follow the probabilities`() {
    let block = GeneratedBlock()
    block.make(rows: 0..<50_000, of: ChurnGenerator(rows: 50_000, seed: 3))
    for tenth in 0..<10 {
      let members = block.probabilities.indices.filter {
        Int(block.probabilities[$0] * 10) == tenth
      }
      let expected = members.reduce(0) { $0 + block.probabilities[$1] } / Double(members.count)
      let found = Double(members.count { block.labels[$0] }) / Double(members.count)
      let error = (expected * (1 - expected) / Double(members.count)).squareRoot()
      #expect(abs(found - expected) < 4.5 * error)
    }
  }

  /// The cells of each column.
  static func columns(_ text: String) throws -> [String: [Substring]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let header = try #require(lines.first)
    var columns: [String: [Substring]] = [:]
    for (index, name) in header.enumerated() {
      columns[String(name)] = try lines.dropFirst().map { line in
        try #require(line.count == header.count)
        return line[index]
      }
    }
    return columns
  }

  @Test func `the cells read back and agree with each other`() throws {
    let rows = 20_000
    let columns = try Self.columns(Self.make(rows: rows, seed: 4).text)
    func cells(_ name: String) throws -> [Substring] { try #require(columns[name]) }
    #expect(columns.count == 32)
    #expect(try Set(cells("customer_id")).count == rows)
    #expect(try Set(cells("churn")) == ["Yes", "No"])
    #expect(try Set(cells("region")).count == 30)
    #expect(try Set(cells("contract")) == ["Month-to-month", "One year", "Two year"])
    let internet = try cells("internet_service")
    #expect(Set(internet) == ["No", "DSL", "Fiber optic"])
    for addOn in GeneratedCustomer.addOns {
      for (cell, service) in zip(try cells(addOn), internet) {
        #expect((cell == "No internet service") == (service == "No"))
      }
    }
    let dates = /20\d\d-(0[1-9]|1[0-2])-([01]\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d/
    #expect(try cells("signup_date").allSatisfy { $0.wholeMatch(of: dates) != nil })

    let tenures = try cells("tenure_months").map { try #require(Int($0)) }
    #expect(tenures.min() == 0 && tenures.max() == 72)
    let charges = try cells("monthly_charges").map { try #require(Double($0)) }
    for ((tenure, charge), total) in zip(zip(tenures, charges), try cells("total_charges")) {
      #expect(total.isEmpty == (tenure == 0))
      guard let total = Double(total) else { continue }
      #expect(abs(total / (Double(tenure) * charge) - 1) < 0.11)
    }
    for (age, senior) in zip(try cells("age"), try cells("senior_citizen")) {
      guard let years = Int(age) else {
        #expect(age.isEmpty && senior.isEmpty)
        continue
      }
      #expect(years >= 18 && years <= 94 && senior == (years >= 65 ? "1" : "0"))
    }
    let satisfaction = try cells("satisfaction")
    #expect(Set(satisfaction) == ["", "1", "2", "3", "4", "5"])
    let gaps = Double(satisfaction.count(where: \.isEmpty)) / Double(rows)
    #expect(gaps > 0.4 && gaps < 0.5)
    // Customers whose payment method is missing leave more often.
    let payments = zip(try cells("payment_method"), try cells("churn"))
    let gone = payments.filter { $0.0.isEmpty }.map(\.1)
    let overall = try Double(cells("churn").count { $0 == "Yes" }) / Double(rows)
    #expect(Double(gone.count { $0 == "Yes" }) / Double(gone.count) > overall + 0.1)
  }

  @Test func `cities are many, some of them large`() throws {
    let cities = try #require(Self.columns(Self.make(rows: 60_000, seed: 8).text)["city"])
    let counts = Dictionary(grouping: cities, by: \.self).mapValues(\.count)
    #expect(counts.count > 1_500 && counts.count <= 3_000)
    #expect((counts.values.max() ?? 0) > 50 * 60_000 / 3_000)
  }

  @Test func `no line is longer than its room`() throws {
    let text = try Self.make(rows: 20_000, seed: 6).text
    let longest = text.split(separator: "\n").dropFirst().map(\.utf8.count).max() ?? 0
    #expect(longest < GeneratedCustomer.lineCapacity)
  }

  @Test(arguments: [(0, "0"), (7, "7"), (10, "10"), (99, "99"), (100, "100"), (123_456, "123456")])
  func `numbers are written as digits`(number: Int, text: String) {
    var line = LineBuffer()
    line.append(number)
    line.append("|")
    line.append(number, digits: 4)
    line.append("|")
    line.append(number, decimals: 2)
    let padded = String(repeating: "0", count: max(0, 4 - text.count)) + text
    let cents = String(repeating: "0", count: max(0, 3 - text.count)) + text
    let expected = "\(text)|\(padded)|\(cents.dropLast(2)).\(cents.suffix(2))"
    #expect(String(decoding: line.bytes, as: UTF8.self) == expected)
  }

  @Test func `progress counts the rows up and can stop the work without a trace`() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let pool = WorkerPool(threads: 2)
    let generator = ChurnGenerator(rows: 30_000, seed: 1)
    var seen: [Int] = []
    _ = try generator.write(to: folder.path + "/a.csv", pool: pool) { seen.append($0) }
    #expect(seen == seen.sorted() && seen.count > 1 && seen.last == 30_000)
    #expect(throws: Stop.self) {
      try generator.write(to: folder.path + "/b.csv", pool: pool) { _ in throw Stop() }
    }
    #expect(try folder.names() == ["a.csv"])
  }

  @Test func `a folder that does not exist is named`() throws {
    let pool = WorkerPool(threads: 2)
    #expect {
      try ChurnGenerator(rows: 10, seed: 1).write(to: "/nowhere/at/all.csv", pool: pool)
    } throws: { error in
      "\(error)" == "cannot create /nowhere/at/all.csv: No such file or directory"
    }
  }

  @Test func `an old file stays until the new one is complete`() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let path = folder.path + "/churn.csv"
    try "old".write(toFile: path, atomically: true, encoding: .utf8)
    let pool = WorkerPool(threads: 2)
    let generator = ChurnGenerator(rows: 100, seed: 1)
    #expect(throws: Stop.self) { try generator.write(to: path, pool: pool) { _ in throw Stop() } }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    _ = try generator.write(to: path, pool: pool)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("customer_id,"))
  }
}
