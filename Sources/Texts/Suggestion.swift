// "Did you mean": the nearest known word to one that is not known.

/// Finds the word that was probably meant.
public enum Suggestion {
  /// Returns the nearest candidate by edit distance, ignoring case; nil when none is near.
  ///
  /// A candidate whose last part after a point is near counts too: `num_trees` for
  /// `boosting.num_trees`.
  public static func nearest(to word: String, in candidates: [String]) -> String? {
    let wanted = Array(word.lowercased())
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let whole = candidate.lowercased()
      let last = whole.split(separator: ".").last.map(String.init) ?? whole
      for form in Set([whole, last]).sorted() {
        // A word that shares no letter is not meant, however short it is.
        guard let distance = nearDistance(wanted, Array(form)),
          distance == 0 || distance < max(wanted.count, form.count)
        else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
      }
    }
    return best?.word
  }

  /// Whether a word may be a slip of the finger for another one, ignoring case.
  public static func isNear(_ word: String, _ other: String) -> Bool {
    nearDistance(Array(word.lowercased()), Array(other.lowercased())) != nil
  }

  /// The edit distance of words that are near: at most two letters changed, and at most a third of
  /// the longer word's, but one always; nil for others.
  private static func nearDistance(_ first: [Character], _ second: [Character]) -> Int? {
    let distance = editDistance(first, second)
    return distance <= min(2, max(1, max(first.count, second.count) / 3)) ? distance : nil
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
