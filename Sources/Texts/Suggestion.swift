// "Did you mean": the nearest known word to one that is not known.

/// Finds the word that was probably meant.
public enum Suggestion {
  /// Returns the nearest candidate by edit distance, ignoring case; nil when none is near.
  ///
  /// Near means at most a third of the longer word's letters changed, at least one. A candidate
  /// whose last part after a point equals the word is near too: `num_trees` for
  /// `boosting.num_trees`.
  public static func nearest(to word: String, in candidates: [String]) -> String? {
    let wanted = Array(word.lowercased())
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let whole = candidate.lowercased()
      let last = whole.split(separator: ".").last.map(String.init) ?? whole
      for form in Set([whole, last]).sorted() {
        let distance = editDistance(wanted, Array(form))
        let allowed = max(1, max(wanted.count, form.count) / 3)
        if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
      }
    }
    return best?.word
  }

  /// The fewest insertions, removals, replacements and swaps of neighbours that turn one word into
  /// the other (optimal string alignment).
  static func editDistance(_ first: [Character], _ second: [Character]) -> Int {
    var beforeLast = [Int](repeating: 0, count: second.count + 1)
    var last = Array(0...second.count)
    for row in 0..<first.count {
      var current = [row + 1]
      for column in 0..<second.count {
        let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
        var distance = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          distance = min(distance, beforeLast[column - 1] + 1)
        }
        current.append(distance)
      }
      beforeLast = last
      last = current
    }
    return last[second.count]
  }
}
