// The inputs that the nodes from a tree's root to one of its nodes ask about.

/// A path down a tree.
struct TreePath {
  /// For each node, from the root on, its input and where the input was asked about before.
  private var asked: [(input: Int, above: Int?)] = []
  /// For each input the depth of the last node that asks about it.
  private var last: [Int?]
  /// How many different inputs the path asks about.
  private(set) var inputCount = 0

  /// - Parameter inputs: how many there are in all.
  init(inputs: Int) { last = [Int?](repeating: nil, count: inputs) }

  /// Forgets the nodes from a depth on.
  mutating func leave(to depth: Int) {
    while asked.count > depth {
      let (input, above) = asked.removeLast()
      last[input] = above
      if above == nil { inputCount -= 1 }
    }
  }

  /// Adds a node.
  mutating func enter(_ input: Int) {
    if last[input] == nil { inputCount += 1 }
    asked.append((input, last[input]))
    last[input] = asked.count - 1
  }

  /// For a node of the path the depth of the last node above that asks about the same input.
  func above(_ depth: Int) -> Int? { asked[depth].above }

  /// The other inputs that the nodes above one ask about, each with the depth of the last of these
  /// nodes, from the root on.
  func otherInputs(_ depth: Int) -> [(input: Int, depth: Int)] {
    let path = asked[...depth]
    var isLast = [Bool](repeating: true, count: depth + 1)
    for above in path.compactMap(\.above) { isLast[above] = false }
    return (0..<depth).filter { isLast[$0] }.map { (path[$0].input, $0) }
  }
}
