// Dates as ISO 8601 writes them.

import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct CalendarTimeTests {
  static let instants = [
    (0, "1970-01-01T00:00:00"), (-1, "1969-12-31T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
    (-62_135_596_800, "0001-01-01T00:00:00"), (253_402_300_799, "9999-12-31T23:59:59"),
  ]

  @Test(arguments: instants) func `an instant has its date and clock`(seconds: Int, text: String) {
    #expect(CalendarTime.text(secondsSince1970: seconds) == text)
  }

  @Test func `the days of all months follow each other`() {
    var day = CalendarTime.daysSince1970(1, 1, 1)
    #expect(day == -719_162)
    for year in 1...2_400 {
      for month in 1...12 {
        #expect(CalendarTime.daysSince1970(year, month, 1) == day)
        day += CalendarTime.days(of: month, year)
      }
    }
    #expect(CalendarTime.days(of: 2, 1900) == 28 && CalendarTime.days(of: 2, 2000) == 29)
  }

  @Test func `numbers get as many digits as they need, at least some`() {
    #expect(7.padded(to: 3) == "007" && 0.padded(to: 0) == "0" && 12_345.padded(to: 2) == "12345")
  }
}
