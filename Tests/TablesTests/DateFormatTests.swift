// Dates that are read by a format.

import TestSupport
import Testing

@testable import Tables

@Suite(.onOwnThread) struct DateFormatTests {
  private func seconds(_ text: String, _ format: String) throws -> Double? {
    let format = try #require(DateFormat(format))
    return Array(text.utf8).withUnsafeBufferPointer { format.seconds($0) }
  }

  @Test(arguments: [
    ("20/10/2011", "%d/%m/%Y", 1_319_068_800.0), ("2011.05.31", "%Y.%m.%d", 1_306_800_000),
    ("1/2/1970", "%m/%d/%Y", 86_400), ("01-Feb-70", "%d-%b-%y", 2_678_400),
    ("February 1, 1970", "%B %d, %Y", 2_678_400), ("31.12.69", "%d.%m.%y", -86_400),
    ("31.12.68", "%d.%m.%y", 3_124_137_600), ("29/02/2024 12:30", "%d/%m/%Y %H:%M", 1_709_209_800),
    ("1/1/1970 12:00:30 am", "%d/%m/%Y %I:%M:%S %p", 30),
    ("1/1/1970 01:00 PM", "%d/%m/%Y  %I:%M %p", 46_800),
    ("1/1/1970 00:00:01.25+01:00", "%d/%m/%Y %H:%M:%S.%f%z", -3_598.75),
    ("5/1970", "%m/%Y", 10_368_000),
    ("100%1/1970", "100%%%m/%Y", 0),
  ])
  func `a date is seconds since 1970`(_ text: String, _ format: String, _ expected: Double) throws {
    #expect(try seconds(text, format) == expected)
  }

  @Test(arguments: [
    ("31/04/2011", "%d/%m/%Y"), ("29/02/2023", "%d/%m/%Y"), ("20/13/2011", "%d/%m/%Y"),
    ("0/1/2011", "%d/%m/%Y"), ("20/10/11", "%d/%m/%Y"), ("20/10/2011 ", "%d/%m/%Y"),
    ("20/10/2011x", "%d/%m/%Y"), ("2011-10-20", "%d/%m/%Y"), ("", "%d/%m/%Y"),
    ("1/1/0000", "%d/%m/%Y"), ("1 Fe 1970", "%d %b %Y"), ("1/1/1970 24:00", "%d/%m/%Y %H:%M"),
    ("1/1/1970 13:00 pm", "%d/%m/%Y %I:%M %p"),
  ])
  func `what is no such date is none`(_ text: String, _ format: String) throws {
    #expect(try seconds(text, format) == nil)
  }

  @Test(arguments: [
    "", "%d/%m", "%Y", "%d/%m/%Q", "%d/%m/%Y%", "%Y %y %m", "DD/MM/YYYY", "%m/%Y %I",
  ])
  func `a format without a year and a month is none`(_ text: String) {
    #expect(DateFormat(text) == nil)
  }
}
