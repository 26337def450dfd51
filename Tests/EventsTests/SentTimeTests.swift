import Events
import RoostCore
import Testing

/// Received at 2026-03-01T10:00:00Z.
@Suite struct SentTimeTests {
  static let cases: [(members: String, expected: String)] = [
    // No time of its own: when it was received.
    ("", "2026-03-01T10:00:00.000Z"),
    (#""sentAt":"2026-03-01T09:00:00Z""#, "2026-03-01T10:00:00.000Z"),
    // The sender's clock is right.
    (#""timestamp":"2026-03-01T09:00:00Z""#, "2026-03-01T09:00:00.000Z"),
    (#""timestamp":"2026-03-01T09:00:00Z","sentAt":"2026-03-01T10:00:00Z""#, "2026-03-01T09:00:00.000Z"),
    // An hour slow, an hour fast, 1 ms fast.
    (#""timestamp":"2026-03-01T08:30:00Z","sentAt":"2026-03-01T09:00:00Z""#, "2026-03-01T09:30:00.000Z"),
    (#""timestamp":"2026-03-01T10:30:00Z","sentAt":"2026-03-01T11:00:00Z""#, "2026-03-01T09:30:00.000Z"),
    (#""timestamp":"2026-03-01T09:00:00Z","sentAt":"2026-03-01T10:00:00.001Z""#, "2026-03-01T08:59:59.999Z"),
    // Segment's own example: receivedAt − (sentAt − originalTimestamp).
    (#""originalTimestamp":"2026-03-01T08:59:00Z","sentAt":"2026-03-01T09:00:00Z""#, "2026-03-01T09:59:00.000Z"),
    // Corrected by somebody before us.
    (
      #""timestamp":"2026-03-01T09:10:00Z","originalTimestamp":"2026-03-01T08:10:00Z","sentAt":"2026-03-01T08:20:00Z""#,
      "2026-03-01T09:10:00.000Z"
    ),
    // A clock a whole day off is corrected, one further off is not ours.
    (#""timestamp":"2026-02-28T09:00:00Z","sentAt":"2026-02-28T10:00:00Z""#, "2026-03-01T09:00:00.000Z"),
    (#""timestamp":"2026-02-28T09:00:00Z","sentAt":"2026-02-28T09:59:59.999Z""#, "2026-02-28T09:00:00.000Z"),
    (#""timestamp":"2024-05-01","sentAt":"2031-01-01""#, "2024-05-01T00:00:00.000Z"),
    // An unreadable sentAt corrects nothing.
    (#""timestamp":"2026-03-01T09:00:00Z","sentAt":"now""#, "2026-03-01T09:00:00.000Z"),
    (#""timestamp":"2026-03-01T09:00:00Z","sentAt":null"#, "2026-03-01T09:00:00.000Z"),
    // A little ahead: as received. Up to a day.
    (#""timestamp":"2026-03-01T10:00:00.001Z""#, "2026-03-01T10:00:00.000Z"),
    (#""timestamp":"2026-03-02T10:00:00.000Z""#, "2026-03-01T10:00:00.000Z"),
    // Zones, no zone, microseconds.
    (#""timestamp":"2026-03-01T12:00:00+03:00""#, "2026-03-01T09:00:00.000Z"),
    (#""timestamp":"2026-03-01 09:00:00.123456""#, "2026-03-01T09:00:00.123Z"),
    (#""timestamp":null"#, "2026-03-01T10:00:00.000Z"),
  ]

  @Test func correctsTheSendersClock() throws {
    for (members, expected) in Self.cases {
      let comma = members.isEmpty ? "" : ","
      let outcome = try parse("{\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"m\"\(comma)\(members)}", as: .track)
      #expect(outcome.lines == ["track \"E\" \(expected) message=m | user:u | "], "\(members)")
    }
  }

  @Test func theFutureIsMeasuredAfterCorrection() throws {
    // Two days ahead by a clock that is a day fast: a day ahead, which is taken as now.
    let body =
      #"{"event":"E","userId":"u","messageId":"m","timestamp":"2026-03-03T10:00:00Z","sentAt":"2026-03-02T10:00:00Z"}"#
    #expect(try parse(body, as: .track).lines == ["track \"E\" 2026-03-01T10:00:00.000Z message=m | user:u | "])
    // Now by a clock that is 23 hours slow, and 2 hours later: 25 hours ahead.
    let late =
      #"{"event":"E","userId":"u","timestamp":"2026-03-01T13:00:00Z","sentAt":"2026-02-28T11:00:00Z"}"#
    #expect(try parse(late, as: .track).reasons == ["0 /timestamp timestamp_in_future"])
  }
}
