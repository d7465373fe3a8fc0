// How documents say on which rows a model was judged.
import TestSupport
import Testing

@testable import LearningTasks

@Suite(.onOwnThread) struct EvaluationProtocolTests {
  @Test func `how a model was judged is one sentence`() {
    #expect(EvaluationProtocol.folds(5).sentence("rows") == "as the mean of 5 folds")
    #expect(
      EvaluationProtocol.holdout(rows: 20).sentence("rows")
        == "on 20 rows set aside, before the final training")
    #expect(
      EvaluationProtocol.test("the test table", rows: 7).sentence("interactions")
        == "on the 7 interactions of the test table")
  }
}
