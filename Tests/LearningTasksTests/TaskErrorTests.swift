// The facts of errors, as the module tells them itself.
import LearningTasks
import TestSupport
import Testing

@Suite(.onOwnThread) struct TaskErrorTests {
  @Test func `a model without interactions has no range to choose from`() {
    #expect(
      TaskError.interactions(found: 1, most: 0).description
        == "interactions are asked for, but no tree of the model asks about two columns on one path"
    )
    #expect(
      TaskError.interactions(found: 4, most: 3).description
        == "4 interactions are asked for, expected a whole number from 1 to 3")
  }
}
