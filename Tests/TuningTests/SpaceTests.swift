// The numbers that parameters can have.
import TestSupport
import Testing

@testable import Tuning

@Suite(.onOwnThread) struct SpaceTests {
  @Test func `a stepped number ends where whole steps do`() throws {
    let parameter = try SearchParameter("x", .float(0...1, step: 0.3))
    let axis = try #require(parameter.axis)
    #expect(abs(axis.high - 0.9) < 1e-12)
    #expect(axis.holds(0.6) && !axis.holds(0.5) && !axis.holds(1))
    #expect(axis.number(at: 0.44) == 0.3 && axis.number(at: 5) == axis.high)
    #expect(try SearchParameter("n", .integer(1...10, step: 4)).axis?.high == 9)
  }

  @Test func `a logarithmic whole number has room of its own at both ends`() throws {
    let axis = try #require(try SearchParameter("n", .integer(2...8, isLog: true)).axis)
    #expect(axis.number(at: axis.lowest) == 2 && axis.number(at: axis.highest) == 8)
    #expect(axis.number(at: axis.coordinate(3)) == 3)
    #expect(axis.cell(of: 2).lowerBound == axis.lowest)
  }

  @Test func `values and numbers of a point lead back to each other`() throws {
    let space = try SearchSpace([
      SearchParameter("rate", .float(0.01...1, isLog: true)),
      SearchParameter("leaves", .integer(2...64)),
      SearchParameter("kind", .category(["a", "b"])),
    ])
    let point = [0.5, 17, 1]
    #expect(space.holds(point))
    let values = space.values(of: point).map(\.value)
    #expect(values == [.number(0.5), .integer(17), .category("b")])
    #expect(zip(space.parameters, values).map { $0.number(of: $1) } == point)
    #expect(
      !space.holds([0.5, 17, 2]) && !space.holds([0.5, 17.5, 1]) && !space.holds([2, 17, 1]))
    #expect(space.parameters[0].number(of: .number(7)) == nil)
    #expect(space.parameters[0].nearest(to: 0) == 0.01)
  }

  @Test(arguments: [
    SearchParameter.Domain.float(0...1, isLog: true), .float(0...(.infinity)),
    .float(1...2, isLog: true, step: 0.5), .float(0...1, step: 0), .integer(0...9, isLog: true),
    .integer(1...9, step: 0), .category([]), .category(["a", "a"]),
  ])
  func `a domain that contradicts itself is refused`(domain: SearchParameter.Domain) {
    #expect(throws: TuningError.self) { try SearchParameter("x", domain) }
  }

  @Test func `two parameters of one name are refused`() throws {
    let parameter = try SearchParameter("x", .float(0...1))
    #expect(throws: TuningError.self) { try SearchSpace([parameter, parameter]) }
  }
}
