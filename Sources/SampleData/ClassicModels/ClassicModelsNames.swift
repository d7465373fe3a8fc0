// Made-up names: of firms, people, streets, cities and models. Some have quotes, commas, accents
// and blanks at the end, as names in real tables do.

internal import NumericCore

/// Names that are put together from parts.
enum ClassicModelsNames {
  static let firstNames = [
    "Ada", "Bruno", "Carla", "Dmitri", "Elif", "Finn", "Greta", "Hugo", "Inês", "Jonas", "Keiko",
    "Lars", "Mina", "Noor", "Oskar", "Petra", "Quentin", "Rosa", "Sven", "Tilda", "Umar", "Vera",
    "Willem", "Ximena", "Yusuf", "Zoë",
  ]
  static let lastNames = [
    "Abernathy", "Brandvold", "Castellan", "D'Arcy", "Eklund", "Ferreira", "Grünwald", "Hallam",
    "Ivers", "Jankowski", "Kestrel", "Lindqvist", "Marchetti", "Nakada", "O'Dowd", "Pellerin",
    "Quayle", "Rasmusson", "Sommer", "Thackeray", "Underhill", "Varga", "Whitlock", "Yamane",
    "Zeller",
  ]
  private static let firmHeads = [
    "Lantern", "Copper Kettle", "North Quay", "Tin Whistle", "Old Mill", "Blue Heron", "Gearwheel",
    "Harbour", "Compass", "Brass Button", "Little Engine", "Cloudberry", "Paper Moon", "Signal Box",
    "Two Rivers", "Kingfisher", "Red Lacquer", "Slate", "Windmill", "Marble Arch",
  ]
  private static let firmTails = [
    "Hobbies", "Collectibles, Ltd.", "Models & Co.", "Gift House", "Toys \"& More\"", "Imports",
    "Miniatures", "Trading, Inc.", "Emporium", "Scale Works",
  ]
  private static let cityHeads = [
    "Ash", "Bel", "Corn", "Dal", "Elm", "Fal", "Grim", "Holm", "Isel", "Kar", "Lun", "Mar", "Nor",
    "Ost", "Pel", "Ros", "Sal", "Tor", "Ulm", "Vel", "West", "Yar",
  ]
  private static let cityTails = [
    "bach", "bridge", "ca", "dorp", "feld", "gård", "haven", "ia", "kirk", "mouth", "ona", "port",
    "stad", "ton", "ville", "wick",
  ]
  private static let streets = [
    "Mill Lane", "Station Road", "Harbour Street", "Kirkgate", "Orchard Way", "Foundry Row",
    "Castle Hill", "Weaver's Yard", "Lime Avenue", "Canal Side",
  ]
  private static let vendors = [
    "Ferrous & Daughters", "Pinewood Casting", "Tiny Titans", "Halfpenny Models", "Alpine Diecast",
    "Second Gear Studio", "Quayside Replicas", "Old Guild Miniatures", "Brightline Works",
    "Exact Scale Art", "Motor Parlour", "Copperplate Hobby", "Unity Castings",
  ]
  private static let marques = [
    "Aurelia", "Bertrand", "Corvid", "Dunhollow", "Estrella", "Falkner", "Gambrel", "Hesper",
    "Ilmari", "Juno", "Kelvin", "Lorimer", "Meridian", "Norrland", "Orion", "Peregrine",
  ]

  static func firm(_ draw: inout SeededGenerator) -> String {
    "\(pick(firmHeads, &draw)) \(pick(firmTails, &draw))"
  }

  /// One of the cities of a country: few are common, most are rare; some have a blank at the end.
  static func city(ofCountry country: Int, spread: Int, _ draw: inout SeededGenerator) -> String {
    let place = draw.uniform()
    var naming = SeededGenerator(
      seed: UInt64(country), stream: 100 + UInt64(Double(spread) * place * place))
    let name = pick(cityHeads, &naming) + pick(cityTails, &naming)
    return draw.chance(0.02) ? name + "  " : name
  }

  static func street(_ draw: inout SeededGenerator) -> String {
    let number = 1 + Int(240 * draw.uniform())
    let name = pick(streets, &draw)
    return draw.chance(0.3) ? "\(number), \(name)" : "\(number) \(name)"
  }

  static func vendor(_ draw: inout SeededGenerator) -> String { pick(vendors, &draw) }

  static func model(_ nouns: [String], _ draw: inout SeededGenerator) -> String {
    "\(1903 + Int(100 * draw.uniform())) \(pick(marques, &draw)) \(pick(nouns, &draw))"
  }

  static func digits(_ count: Int, _ draw: inout SeededGenerator) -> String {
    (0..<count).map { _ in String(Int(10 * draw.uniform())) }.joined()
  }

  static func pick<Element>(_ list: [Element], _ draw: inout SeededGenerator) -> Element {
    list[Int(Double(list.count) * draw.uniform())]
  }
}
