// Descriptions of columns that contradict themselves, or the model beside them.
import ModelFormats
import Storage
import TestSupport
import Testing

@testable import Classification
@testable import Tabular

@Suite(.onOwnThread) struct ClassifierLayoutTests {
  private let text = """
    {"format_version": 1, "target": {"name": "churn", "kind": "category"}, "positive": "Yes",
     "negative": "No", "id": ["id"], "partitions": ["day"],
     "features": [{"name": "tenure", "kind": "number"}, {"name": "plan", "kind": "category"}],
     "dropped": [{"name": "note", "reason": "text"}], "header": true, "threshold": 0.5}
    """

  private func error(_ text: String) -> String? {
    do {
      _ = try ClassifierLayout(decoding: Array(text.utf8), file: "preprocessing.json")
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    (#"["id"]"#, #"["tenure"]"#, "with the column 'tenure' in id and features"),
    (#"["id"]"#, #"["id", "id"]"#, "with the column 'id' twice in id"),
    (#"["id"]"#, #"["churn"]"#, "with the column 'churn' in target and id"),
    (#""plan""#, #""tenure""#, "with the column 'tenure' twice in features"),
    (#""note""#, #""plan""#, "with the column 'plan' in features and dropped"),
    (#"["day"]"#, #"["day", "day"]"#, "with two partitions of the same name"),
    (#""number""#, #""text""#, "with the feature 'tenure', which holds text"),
    (#""No""#, #""Yes""#, "with one class, 'Yes'"),
    ("0.5", "1.5", "with the threshold 1.5"),
  ])
  func `a column has one role`(old: String, new: String, expected: String) {
    #expect(error(text) == nil)
    #expect(
      error(text.replacing(old, with: new))
        == "preprocessing.json: found columns \(expected), expected the columns that training wrote"
    )
  }

  @Test func `a wrong type is named by its key`() {
    #expect(
      error(text.replacing("true", with: "7"))
        == "preprocessing.json: found key header with a value of another type, "
        + "expected true or false")
  }
}
