// Pickles, byte for byte and as Python reads them.

import ModelFormats
import TestSupport
import Testing

@Suite(.onOwnThread) struct PickleTests {
  @Test func `plain values have the bytes of protocol 4`() {
    #expect(
      Pickle.encode(.tuple([.none, .bool(true), .int(-2), .string("é"), .list([]), .tuple([])]))
        == [0x80, 4] + Array("(N".utf8) + [0x88] + Array("J".utf8) + [0xFE, 0xFF, 0xFF, 0xFF]
        + [0x8C, 2, 0xC3, 0xA9] + Array("])t.".utf8))
  }

  @Test func `plain values have the bytes of protocol 2`() {
    let value = PickleValue.orderedDictionary([
      (
        .string("é"),
        .call(module: "m", name: "f", arguments: [.persistent(.tuple([.int(1)])), .bool(false)])
      )
    ])
    #expect(
      Pickle.encode(value, format: .protocol2)
        == [0x80, 2] + Array("ccollections\nOrderedDict\n)R(X".utf8) + [2, 0, 0, 0, 0xC3, 0xA9]
        + Array("cm\nf\n((J".utf8) + [1, 0, 0, 0] + Array("tQ".utf8) + [0x89]
        + Array("tRu.".utf8))
  }

  private struct Example: Encodable {
    let kind = "value"
    let expression: String
  }

  // Needs a Python with scikit-learn; tools/test provides it.
  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `Python reads the values that were written`() throws {
    let long = String(repeating: "ü", count: 70_000)
    let examples: [(PickleValue, String)] = [
      (.none, "None"),
      (.bool(false), "False"),
      (
        .list([.int(0), .int(255), .int(1 << 31), .int(-(1 << 31)), .int(.min), .int(.max)]),
        "[0, 255, 2**31, -2**31, -2**63, 2**63 - 1]"
      ),
      (
        .tuple([.float(0.1), .float(-.infinity), .float(.nan), .float(5e-300)]),
        "(0.1, -float('inf'), float('nan'), 5e-300)"
      ),
      (
        .list([.string(""), .string("日本\u{1F600}\n"), .string(long)]),
        "['', '日本\u{1F600}\\n', 'ü' * 70000]"
      ),
      (
        .attributes([("b", .list([])), ("a", .dictionary([(.int(1), .tuple([]))]))]),
        "{'b': [], 'a': {1: ()}}"
      ),
      (.float64(0.1), "np.float64(0.1)"),
      (.int64(-5), "np.int64(-5)"),
      (
        .float64Array([1, 2, .nan, 4, 5, 6], shape: [2, 3]),
        "np.array([[1, 2, np.nan], [4, 5, 6]])"
      ),
      (.float64Array([], shape: [0]), "np.array([])"),
      (
        .float64Array([Double](repeating: 0.5, count: 40_000), shape: [40_000]),
        "np.full(40000, 0.5)"
      ),
      (.int64Array([.min, .max], shape: [2, 1]), "np.array([[-2**63], [2**63 - 1]])"),
      (.stringArray(["a", "日本"]), "np.array(['a', '日本'], dtype=object)"),
      (.objectArray([.string("a"), .none, .int(1)]), "np.array(['a', None, 1], dtype=object)"),
      (.stringArray([]), "np.array([], dtype=object)"),
      (.global(module: "numpy", name: "float64"), "np.float64"),
      (
        .object(
          module: "fractions", name: "Fraction",
          state: .tuple([
            .none, .attributes([("_numerator", .int(1)), ("_denominator", .int(3))]),
          ])), "__import__('fractions').Fraction(1, 3)"
      ),
      (
        .call(module: "fractions", name: "Fraction", arguments: [.int(1), .int(3)]),
        "__import__('fractions').Fraction(1, 3)"
      ),
      (
        .orderedDictionary([(.string("b"), .int(1)), (.string("a"), .orderedDictionary([]))]),
        "__import__('collections').OrderedDict(b=1, a=__import__('collections').OrderedDict())"
      ),
      (
        .object(module: "types", name: "SimpleNamespace", state: .attributes([("x", .int(1))])),
        "__import__('types').SimpleNamespace(x=1)"
      ),
    ]
    var comparison = try ScikitLearn()
    for (value, expression) in examples {
      try comparison.add(Example(expression: expression), pickle: Pickle.encode(value))
    }
    let differences = try comparison.differences()
    #expect(differences == "")
  }
}
