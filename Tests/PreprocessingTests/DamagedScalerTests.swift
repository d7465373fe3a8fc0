// Fitted values that contradict themselves are not read.
import Foundation
import TestSupport
import Testing

@testable import Preprocessing

@Suite(.onOwnThread) struct DamagedScalerTests {
  private func read<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }

  private let scaler = """
    {"feature_names_in": ["a", "b"], "mean": [1, null], "var": [4, null], "scale": [2, null],
     "n_samples_seen": [9, 0]}
    """

  @Test func `a scaler has a name, a mean and a scale for each feature`() {
    #expect(read(StandardScaler.self, scaler) != nil)
    for (old, new) in [
      (#""a", "b""#, #""a", "a""#), ("[4, null]", "[-4, null]"), ("[2, null]", "[0, null]"),
      ("[2, null]", "[null, null]"), ("[2, null]", "[2]"), ("[9, 0]", "[9, -1]"),
      ("[9, 0]", "[null, 0]"),
    ] {
      #expect(read(StandardScaler.self, scaler.replacing(old, with: new)) == nil, "\(new)")
    }
  }

  private let encoder = """
    {"feature_names_in": ["a", "b"], "categories": [["x", "y"], []],
     "configuration": {"stripsWhitespace": true, "lowercases": true, "maximumCategories": 4}}
    """

  @Test func `an encoder has ascending categories for each feature`() {
    #expect(read(OneHotEncoder.self, encoder) != nil)
    for (old, new) in [
      (#""a", "b""#, #""a", "a""#), (#""x", "y""#, #""x", "x""#), (#""x", "y""#, #""y", "x""#),
      (", []]", "]"), (": 4", ": 0"),
    ] {
      #expect(read(OneHotEncoder.self, encoder.replacing(old, with: new)) == nil, "\(new)")
    }
  }
}
