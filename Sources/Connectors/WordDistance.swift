// The nearest of some known names, for "did you mean".

enum WordDistance {
  /// The known name with the fewest edits, case aside, if there are at most a third of its length.
  static func nearest(to name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased())
    let distances = known.map { (name: $0, edits: edits(wanted, Array($0.lowercased()))) }
    guard let best = distances.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(1, name.count / 3) ? best.name : nil
  }

  /// The Levenshtein distance.
  private static func edits(_ first: [Character], _ second: [Character]) -> Int {
    var row = Array(0...second.count)
    for (index, character) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, other) in second.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(replaced, row[place] + 1, row[place + 1] + 1)
      }
    }
    return row[second.count]
  }
}
