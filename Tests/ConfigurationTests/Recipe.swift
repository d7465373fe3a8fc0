// A small configuration for the tests of settings.
import Configuration

/// How something is cooked.
struct Recipe: Configurable, Equatable {
  var name = ""
  var hours = 1.5
  var eggs: Int?
  var layers: [Int] = [3, 2]
  var herbs: [String] = []
  var spices: [String] = ["salt"]
  var isSweet = false

  static let settings: [Setting<Recipe>] = [
    Setting("name", \.name, .text, "What it is called", flag: SettingFlag.none),
    Setting(
      "oven.hours", \.hours, .number(.above(0, 24)), "How long it is baked",
      search: .float(0.5...2)),
    Setting(
      "oven.eggs", \.eggs, .integer(1...12, or: 0), "How many eggs it takes",
      auto: DefaultRule((10, 2), otherwise: 4)),
    Setting("oven.layers", \.layers, .integers(1...9, most: 3), "How thick its layers are"),
    Setting("taste.herbs", \.herbs, .list, "Herbs in it", placeholder: "herb"),
    Setting(
      "taste.spices", \.spices, .choices(["salt", "pepper"]), "Spices in it",
      flag: .option("with")),
    Setting(
      "taste.is_sweet", \.isSweet, .flag, "Whether it is sweet",
      flag: .toggle("sweet", value: "true")
    ).searched { $0.hours > 1 ? .category(["true", "false"]) : nil },
  ]
}
