import RoostCore
import Testing

@testable import Runtime

@Suite struct TimeZoneDatabaseTests {
  @Test func `The machine's database`() throws {
    let zones = try TimeZoneDatabase.installed()
    #expect(zones.damaged.isEmpty)
    for name in ["Europe/Rome", "America/Argentina/Buenos_Aires", "Asia/Calcutta", "Europe/Kiev", "UTC"] {
      #expect(zones[name]?.name == name)
    }
    for name in ["posix/Europe/Rome", "right/Europe/Rome", "localtime", "zone.tab", ""] {
      #expect(zones[name] == nil, "\(name)")
    }
    #expect(zones.zone(ofCountry: "Cape Verde")?.name == "Atlantic/Cape_Verde")
    let july = try #require(Instant(iso8601: "2026-07-01T12:00:00Z"))
    #expect(zones["Australia/Lord_Howe"]?.local(july).minuteOfDay == 22 * 60 + 30)
  }

  @Test func `No database, said with the remedy`() {
    let error = #expect(throws: Problem.self) { try TimeZoneDatabase.read("/nowhere") }
    #expect(error?.message.contains("install the package tzdata") == true)
  }
}
