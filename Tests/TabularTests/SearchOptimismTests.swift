// How much better a search scores than the test part, with the digits that documents have.
import TestSupport
import Testing

@testable import Classification
@testable import LearningTasks
@testable import Regression
@testable import Tabular

@Suite(.onOwnThread) struct SearchOptimismTests {
  private let value = 1.234567890123

  @Test func `the optimism of numbers has nine significant digits`() {
    var test = RegressionScores()
    test.mae = 2
    #expect(2 - value != (2 - value).reported)
    #expect(RegressionMetric.mae.optimism(of: value, on: test) == (2 - value).reported)
  }

  @Test func `the optimism of classes is the difference, in favour of the search`() {
    var test = ClassifierMetrics()
    test.auc = 0.7
    test.logLoss = 2
    #expect(
      ClassifierSearchMetric.auc.optimism(of: 0.8123456789012, on: test) == 0.8123456789012 - 0.7)
    #expect(ClassifierSearchMetric.logLoss.optimism(of: value, on: test) == 2 - value)
  }
}
