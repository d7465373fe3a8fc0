// The settings of a recommender, and what they refuse.
import Configuration
import Recommender
import TestSupport
import Testing

@testable import Recommendation

@Suite(.onOwnThread) struct RecommenderConfigurationTests {
  @Test func `every field of the towers is in their table, once`() {
    let fields = Mirror(reflecting: TwoTowerConfiguration()).children.compactMap(\.label)
    let keys = TwoTowerConfiguration.settings.map { $0.key.replacing("_", with: "") }
    #expect(fields.map { $0.lowercased() }.sorted() == keys.sorted())
  }

  @Test func `every key but the task has a flag of its own`() {
    let names = RecommenderConfiguration.settings.compactMap(\.flag.name)
    let keys = RecommenderConfiguration.settings.map(\.key)
    #expect(Set(names).count == names.count && Set(keys).count == keys.count)
    #expect(names.count == keys.count - 1 && keys[0] == "task")
  }

  @Test func `what auto comes to is told in the words of the rule`() throws {
    let width = try #require(RecommenderConfiguration.settings["model.dimension"])
    #expect(width.automatic?.words == "64 in retrieval, 32 in lab")
    #expect(RecommenderConfiguration.settings["model.epochs"]?.automatic?.words == "60")
  }

  @Test func `a value that no layer has seen is checked as one of a file`() throws {
    var towers = RecommenderConfiguration()
    towers.data.path = "x.csv"
    towers.model.hidden = ["64", "0"]
    #expect(
      throws: ConfigurationError.unfit(
        key: "model.hidden", flag: "--hidden", found: "64,0",
        expected: "up to 16 whole numbers from 1 to 4096, or auto")
    ) { try towers.validate() }
    towers.model.hidden = ["64,32"]
    #expect(try towers.towers(.lab).hidden == [64, 32])
    towers.data.lowestRating = 2
    towers.data.highestRating = 1
    #expect(
      throws: ConfigurationError.unfit(
        key: "data.highest_rating", flag: "--highest-rating", found: "1",
        expected: "more than data.lowest_rating (--lowest-rating), which is 2")
    ) { try towers.validate() }
  }
}
