// What a table of settings is used for: layers, ranges, flags, run files and descriptions.
import TestSupport
import Testing

@testable import Configuration

@Suite(.onOwnThread) struct SettingTests {
  private func applied(_ assignments: String...) throws -> Recipe {
    var recipe = Recipe()
    for text in assignments {
      try Recipe.layers.apply(assignment: text, source: "--set", to: &recipe)
    }
    return recipe
  }

  @Test func `texts become fields of their kinds`() throws {
    let recipe = try applied(
      "name=cake", "oven.hours=2", "oven.eggs=0", "oven.layers=4,5", "taste.herbs=a,b",
      "taste.spices=pepper,salt", "taste.is_sweet=true")
    #expect(recipe.name == "cake" && recipe.hours == 2 && recipe.eggs == 0 && recipe.isSweet)
    #expect(recipe.layers == [4, 5] && recipe.spices == ["pepper", "salt"])
    // A comma may be a part of a name.
    #expect(recipe.herbs == ["a,b"])
    #expect(try applied("oven.eggs=3", "oven.eggs=auto").eggs == nil)
    #expect(try applied("oven.layers=").layers.isEmpty)
    #expect(try applied("oven.layers=[]").layers.isEmpty)
    #expect(try applied("oven.layers=[4,5]").layers == [4, 5])
  }

  @Test(arguments: [
    ("oven.hours=0", "a number above 0, at most 24"), ("oven.hours=25", "above 0"),
    ("oven.eggs=13", "0, or a whole number from 1 to 12, or auto"), ("oven.eggs=-1", "0, or"),
    ("oven.layers=1,2,3,4", "up to 3 whole numbers from 1 to 9"), ("oven.layers=0", "from 1 to 9"),
    ("oven.layers=a", "whole numbers"), ("taste.spices=sugar", "some of salt, pepper"),
    ("taste.is_sweet=1", "true or false"),
  ])
  func `what is out of range is refused with the range`(assignment: String, words: String) {
    #expect {
      try applied(assignment)
    } throws: {
      guard case ConfigurationError.refused(_, "--set", _, let expected) = $0 else { return false }
      return expected.contains(words)
    }
  }

  @Test func `a flag may be repeated: lists add up, of others the last counts`() throws {
    var recipe = Recipe()
    func apply(_ key: String, _ texts: [String]) throws {
      try Recipe.layers.apply(key: key, texts: texts, source: "--flag", to: &recipe)
    }
    try apply("taste.herbs", ["a,b", "", "c"])
    try apply("taste.spices", ["salt", "pepper,salt"])
    try apply("oven.layers", ["1", "2,3"])
    try apply("oven.eggs", ["1", "auto"])
    #expect(recipe.herbs == ["a,b", "c"] && recipe.spices == ["salt", "pepper", "salt"])
    #expect(recipe.layers == [2, 3] && recipe.eggs == nil)
  }

  @Test func `a file has a list of numbers with and without quotes`() throws {
    var recipe = Recipe()
    for (text, layers) in [("[4, 5]", [4, 5]), (#"["6"]"#, [6]), ("[]", [])] {
      try Recipe.layers.apply(
        Array("[oven]\nlayers = \(text)\n".utf8), file: "r.toml", to: &recipe)
      #expect(recipe.layers == layers)
    }
    #expect(
      throws: ConfigurationError.refused(
        key: "taste.herbs", source: "r.toml", found: "an array of something else than text",
        expected: "a list of text")
    ) {
      try Recipe.layers.apply(
        Array("[taste]\nherbs = [1]\n".utf8), file: "r.toml", to: &recipe)
    }
  }

  @Test func `a section that has a value names one of its keys`() {
    var recipe = Recipe()
    #expect(
      throws: ConfigurationError.sectionAsKey(
        section: "oven", source: "r.toml", example: "oven.hours")
    ) { try Recipe.layers.apply(Array("oven = 3\n".utf8), file: "r.toml", to: &recipe) }
  }

  @Test func `a value that was set in code is checked as one of a file`() {
    var recipe = Recipe()
    #expect(throws: Never.self) { try Recipe.layers.check(recipe) }
    recipe.hours = .nan
    #expect(
      throws: ConfigurationError.unfit(
        key: "oven.hours", flag: "--hours", found: "nan",
        expected: "a number above 0, at most 24")
    ) { try Recipe.layers.check(recipe) }
  }

  @Test func `auto is a value where rows decide it, and words everywhere`() throws {
    let rule = try #require(Recipe.settings["oven.eggs"]?.automatic)
    #expect(rule.value(rows: 9) == 2 && rule.value(rows: 10) == 4)
    #expect(rule.words == "2 below 10 rows, else 4")
    #expect(DefaultRule(otherwise: 1.0).words == "1")
    #expect(DefaultRule("by its name").value(rows: 5) == nil)
    let text = RunFile.text(Recipe(), settings: Recipe.settings, notes: ["oven.eggs": "2"])
    #expect(
      text.contains(
        "# How many eggs it takes; auto: 2 below 10 rows, else 4; here 2\neggs = \"auto\"\n"))
    let assignments = RunFile.assignments(of: Recipe(), settings: Recipe.settings)
    #expect(assignments.contains("oven.eggs = \"auto\"\n") && !assignments.contains("#"))
    #expect(
      try RunFile.assignments(of: applied("oven.eggs=7"), settings: Recipe.settings)
        == assignments.replacing("oven.eggs = \"auto\"", with: "oven.eggs = 7"))
    var again = try applied("oven.eggs=7")
    try Recipe.layers.apply(Array(text.utf8), file: "run.toml", to: &again)
    #expect(again == Recipe())
  }

  @Test func `a setting of a part is one of the whole under a section`() throws {
    struct Meal: Sendable {
      var starter = Recipe()
    }
    let setting = try #require(Recipe.settings["taste.spices"])
      .within(\Meal.starter, section: "meal")
    #expect(setting.key == "meal.taste.spices" && setting.flag == .option("with"))
    var meal = Meal()
    setting.write(&meal, .list(["pepper"]))
    #expect(meal.starter.spices == ["pepper"])
    #expect(setting.read(meal) == .list(["pepper"]))
  }

  @Test func `flags and descriptions follow the table`() {
    #expect(
      Recipe.settings.map(\.flag.name) == [
        nil, "--hours", "--eggs", "--layers", "--herbs", "--with", "--sweet",
      ])
    let described = Recipe.settings.map { $0.described(by: Recipe()) }
    #expect(
      described.map(\.usual) == [
        nil, "1.5", "2 below 10 rows, else 4", "3,2", nil, "salt", "false",
      ])
    #expect(described[1].search == "0.5 to 2" && described[2].search == nil)
    #expect(described[6].search == "true | false")
    #expect(Recipe.settings[6].domain(beside: Recipe(hours: 1)) == nil)
    #expect(
      described[1].line == "How long it is baked (a number above 0, at most 24; default: 1.5)")
    #expect(described[4].line == "Herbs in it (a list of text)")
    #expect(Recipe.settings[4].placeholder == "herb" && Recipe.settings[3].placeholder == "n[,n]")
  }

  @Test func `a range of whole numbers is cut, and keeps its least`() {
    #expect(
      SearchDomain.integer(4...512, isLog: true).limited(to: 128) == .integer(4...128, isLog: true))
    #expect(SearchDomain.integer(4...512).limited(to: 1) == .integer(4...4))
    #expect(SearchDomain.float(0...1).limited(to: 0) == .float(0...1))
  }
}
