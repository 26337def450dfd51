import RoostCore
import Testing

@testable import Journeys

@Suite struct CronScheduleTests {
  /// All minutes of March 2026 (which begins on a Sunday), as `day hour:minute`.
  static func march(_ text: String) throws -> [String] {
    let schedule = try CronSchedule(parsing: text)
    return (1...31).flatMap { day -> [String] in
      guard schedule.includes(CivilDate(year: 2026, month: 3, day: day)) else { return [] }
      var found: [String] = []
      var minute = 0
      while let next = schedule.minuteOfDay(from: minute) {
        found.append("\(day) \(next / 60):\(next % 60)")
        minute = next + 1
      }
      return found
    }
  }

  @Test func `Days and times, counted by hand`() throws {
    #expect(try Self.march("0 10 * * MON") == ["2 10:0", "9 10:0", "16 10:0", "23 10:0", "30 10:0"])
    #expect(try Self.march("30 8,20 1 * *") == ["1 8:30", "1 20:30"])
    #expect(try Self.march("*/20 9 31 JAN-MAR *") == ["31 9:0", "31 9:20", "31 9:40"])
    #expect(try Self.march("15 22-23/1 7 3 *") == ["7 22:15", "7 23:15"])
    #expect(try Self.march("0 0 * 4 *") == [])
    #expect(try Self.march("0 0 * * 0,7") == ["1 0:0", "8 0:0", "15 0:0", "22 0:0", "29 0:0"])
    #expect(try Self.march("0 0 * * 5-7").count == 13)
  }

  /// crontab(5): if both days are restricted, either is enough.
  @Test func `Either day is enough`() throws {
    #expect(try Self.march("0 12 13 * FRI") == ["6 12:0", "13 12:0", "20 12:0", "27 12:0"])
    #expect(try Self.march("0 12 1 * FRI") == ["1 12:0", "6 12:0", "13 12:0", "20 12:0", "27 12:0"])
  }

  @Test(arguments: [
    "", "0 10 * *", "0 10 * * * *", "60 0 * * *", "0 24 * * *", "0 0 0 * *", "0 0 32 * *", "0 0 * 13 *", "0 0 * * 8",
    "0 0 * * MO", "5-1 0 * * *", "*/0 0 * * *", "1,,2 0 * * *", "a 0 * * *", "0 0 31 4,6 *", "0 0 30 FEB *",
    "-1 0 * * *",
    "1-2-3 0 * * *", "@daily",
  ])
  func `No schedule`(text: String) {
    #expect(throws: Problem.self) { _ = try CronSchedule(parsing: text) }
  }

  @Test func `The field that is wrong is named`() {
    #expect {
      _ = try CronSchedule(parsing: "0 25 * * MON")
    } throws: { ($0 as? Problem)?.message.hasPrefix("\"25\" is no hour: write *, a number from 0 to 23") == true }
  }
}
