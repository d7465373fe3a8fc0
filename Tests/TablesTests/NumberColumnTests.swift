// Columns made from arrays; chunked ones are in ParquetTests.

import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct NumberColumnTests {
  @Test func `arrays of both widths read as doubles`() {
    let doubles = [0.1, .nan, -3, .infinity]
    let floats = doubles.map { Float($0) }
    for (column, expected) in [
      (NumberColumn(doubles), doubles), (NumberColumn(floats: floats), floats.map { Double($0) }),
    ] {
      #expect(column.count == 4)
      #expect(column.doubles().map(\.bitPattern) == expected.map(\.bitPattern))
      var buffer = [Double](repeating: 7, count: 3)
      buffer.withUnsafeMutableBufferPointer { column.read(1..<3, into: $0) }
      #expect(buffer.map(\.bitPattern) == (expected[1..<3] + [7]).map(\.bitPattern))
      #expect(
        column.doubles(rows: [3, 0]).map(\.bitPattern)
          == [expected[3], expected[0]].map(\.bitPattern))
    }
    #expect(NumberColumn([Double]()).doubles() == [])
  }

  @Test func `rows outside the column are a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      var buffer = [0.0, 0.0, 0.0]
      buffer.withUnsafeMutableBufferPointer { NumberColumn([1.0, 2.0]).read(1..<3, into: $0) }
    }
  }

  @Test func `two columns of one name are a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      let column = Column(name: "x", values: .number(NumberColumn([1.0])))
      _ = Table(columns: [column, column], rowCount: 1)
    }
  }
}
