// The digits of metrics.
import LearningTasks
import TestSupport
import Testing

@Suite(.onOwnThread) struct ReportedNumberTests {
  @Test(arguments: [
    (0.123456789012, 0.123456789), (0.9999999996, 1), (123.4567890123, 123.456789),
    (1.23456789512e-7, 1.23456790e-7), (0, 0), (-2.00000000049, -2), (1, 1),
    (1e-305, 1e-305), (-Double.leastNonzeroMagnitude, -Double.leastNonzeroMagnitude),
    (1.23456789512e-299, 1.23456790e-299),
  ])
  func `metrics have nine significant digits`(value: Double, expected: Double) {
    #expect(value.reported == expected)
  }

  @Test func `what is not a finite number stays so`() {
    #expect(Double.nan.reported.isNaN)
    #expect((-Double.infinity).reported == -.infinity)
  }
}
