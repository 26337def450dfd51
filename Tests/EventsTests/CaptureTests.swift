import Events
import RoostCore
import Testing

/// Requests of real libraries, and what they mean, worked out by hand. Each was received 0.5 s after its `sentAt` (in
/// whole milliseconds), so that every time moves by half a second.
@Suite struct CaptureTests {
  @Test func segment() throws {
    let received = try #require(Instant(iso8601: "2026-11-22T03:09:48.629Z"))
    let outcome = try parse(try Capture.body("segment-plain-01"), receivedAt: received)
    #expect(outcome.rejected.isEmpty)
    #expect(outcome.writeKey == "WRITEKEY")
    #expect(
      outcome.lines == [
        "identify 2026-11-22T03:09:48.329Z message=47e4c02b-541e-46c1-bd37-aac9ff4c3186 | user:u1 email:a@example.com"
          + " | t.email='a@example.com' t.createdAt='2024-05-01T00:00:00+00:00'",
        "track \"Order Completed\" 2024-05-01T09:00:00.623Z message=bdd49d2d-f649-41ad-a05b-df849ef6e8a7 | user:u1"
          + " | p.order_id='o-1' p.total=29.33 p.currency='USD'"
          + " p.products=json([{\"product_id\": \"p1\", \"price\": 9.99, \"quantity\": 2}])",
        "track \"Naive Time\" 2024-05-01T12:00:00.500Z message=b12e8557-276e-484f-8702-a9b00e326a0b | anonymous:anon-1 | ",
        "page \"Home\" 2026-11-22T03:09:48.329Z message=811154df-9c1a-4f45-b02d-6340df08e4b4 | user:u1"
          + " | p.name='Home' p.category='Docs' p.url='http://x/y' c.ip='10.0.0.1' c.userAgent='UA'",
        "screen \"Main\" 2026-11-22T03:09:48.329Z message=1a1108a0-c611-40aa-bdcf-54611359cce8 | user:u1"
          + " | p.name='Main' p.category='App'",
        "group 2026-11-22T03:09:48.329Z message=2591b9a7-c641-4538-9796-9116a9598f38 | user:u1"
          + " | p.group_id='g1' p.plan='pro'",
        "alias 2026-11-22T03:09:48.329Z message=a59f1f3e-80ba-468c-8a67-3c3433530881 | user:u1 previous:anon-1 | ",
        "track \"Юникод 🎁\" 2026-11-22T03:09:48.329Z message=fixed-id-1 | user:u1"
          + " | p.n=1.0 p.nested=json({\"a\": [1, null, true]})",
      ])
  }

  @Test func rudderPutsTraitsIntoContext() throws {
    let received = try #require(Instant(iso8601: "2026-11-22T03:10:06.753Z"))
    let outcome = try parse(try Capture.body("rudder-plain-01"), receivedAt: received)
    #expect(outcome.rejected.isEmpty)
    #expect(outcome.writeKey == nil)
    #expect(
      outcome.lines == [
        "identify 2026-11-22T03:10:06.452Z message=e902c38f-ed72-4166-a366-528595e1b5ca | user:u1 email:a@example.com"
          + " | t.email='a@example.com'",
        "track \"Order Completed\" 2024-05-01T12:00:00.623Z message=e0a5bb54-fbfa-41bb-9089-d8f9480b1ad9 | user:u1"
          + " | p.total=29.33",
        "page \"Home\" 2026-11-22T03:10:06.452Z message=b37fccc7-5752-4131-9040-82ee0f8c23f2 | user:u1"
          + " | p.name='Home' p.category='Docs'",
        "screen \"Main\" 2026-11-22T03:10:06.452Z message=81aa6f52-fb6c-4cde-9599-e247e87d1539 | user:u1"
          + " | p.name='Main' p.category='App'",
        "group 2026-11-22T03:10:06.452Z message=939d5030-47f8-4d86-9351-fd1d43e5a01e | user:u1"
          + " | p.group_id='g1' p.plan='pro'",
        "alias 2026-11-22T03:10:06.452Z message=7b8e5dd3-0533-4f39-a8e3-5d7589b1c864 | user:u1 previous:anon-1 | ",
      ])
  }

  @Test func olderAnalyticsPythonSendsMicroseconds() throws {
    let received = try #require(Instant(iso8601: "2026-11-22T03:10:41.329Z"))
    let outcome = try parse(try Capture.body("analytics-plain-01"), receivedAt: received)
    #expect(outcome.rejected.isEmpty)
    let times = outcome.lines.map { line in line.split(separator: " ").first { $0.hasPrefix("202") } ?? "" }
    #expect(
      times == [
        "2026-11-22T03:10:40.997Z", "2024-05-01T09:00:00.623Z", "2024-05-01T12:00:00.500Z", "2026-11-22T03:10:40.998Z",
        "2026-11-22T03:10:40.998Z", "2026-11-22T03:10:40.998Z", "2026-11-22T03:10:40.998Z", "2026-11-22T03:10:40.998Z",
      ])
  }

  @Test func aRetriedBatchIsTheSameButForItsTimes() throws {
    let received = try #require(Instant(iso8601: "2026-11-22T03:09:50.148Z"))
    let outcome = try parse(try Capture.body("segment-503x3-02"), receivedAt: received)
    #expect(
      outcome.lines == [
        "track \"E\" 2026-11-22T03:09:49.944Z message=200eda92-2cd5-4092-a22c-389e09138e9f | user:u1 | "
      ])
  }

  @Test func theZippedVariantsSayTheSame() throws {
    for (plain, zipped) in [("segment-plain-01", "segment-gzip-01"), ("analytics-plain-01", "analytics-gzip-01")] {
      func shapes(_ name: String) throws -> [String] {
        try parse(try Capture.body(name), receivedAt: Instant(milliseconds: 1_800_000_000_000)).lines.map { line in
          line.split(separator: " ").filter { !$0.hasPrefix("message=") && !$0.hasPrefix("2026") }.joined(
            separator: " ")
        }
      }
      #expect(try shapes(plain) == shapes(zipped))
      #expect(try !shapes(plain).isEmpty)
    }
  }

  @Test func anotherProtocolIsRefusedEventByEvent() throws {
    let outcome = try parse(try Capture.body("posthog-plain-01"))
    #expect(outcome.lines.isEmpty)
    #expect(outcome.reasons == (0..<4).map { "\($0) /type unknown_type" })
  }
}
