import Events
import Profiles
import RoostCore
import Testing

/// The addresses of a person's apps and browsers.
@Suite struct DeviceTests {
  private static func notice(_ text: String, at day: Int64, id: String) -> [UInt8] {
    Sample.record(
      .track, Symbol(40), at: Sample.march1 + .days(day), id: id, by: [Identifier(.user, "u")],
      with: [.init(.device, .none, .string(text))])
  }

  @Test func comeAndGo() throws {
    var person = Sample.nobody()
    let added = person.apply(Self.notice("+apns\nff15\n\ncom.shop", at: 0, id: "1"))
    #expect(added.contains(.devices))
    #expect(person.devices == [Device(.apns, token: "ff15", app: "com.shop", seenAt: Sample.march1)])
    let again = person.apply(Self.notice("+apns\nff15\n\ncom.shop", at: 2, id: "2"))
    #expect(!again.contains(.devices) && person.devices[0].seenAt == Sample.march1 + .days(2))
    // The service speaks of a time before the app was heard of again.
    person.apply(Self.notice("-apns\nff15\n\n", at: 1, id: "3"))
    #expect(person.devices.count == 1)
    let gone = person.apply(Self.notice("-apns\nff15\n\n", at: 3, id: "4"))
    #expect(gone.contains(.devices) && person.devices.isEmpty)
  }

  @Test func theLatestOfTheRightServiceAndApp() {
    var person = Sample.nobody()
    for (day, text) in [
      (1, "+apns\na1\n\ncom.shop"), (4, "+apns\na2\n\ncom.bank"), (2, "+web\nhttps://p.example/1\nk.s\n"),
      (3, "+fcm\nf1\n\n"),
    ] { person.apply(Self.notice(text, at: Int64(day), id: "\(day)")) }
    #expect(person.latestDevice(of: [.apns])?.address == "apns:a2")
    #expect(person.latestDevice(of: [.apns], app: "com.shop")?.address == "apns:a1")
    #expect(person.latestDevice(of: [.web, .apns, .fcm], app: "com.shop")?.address == "fcm:f1")
    #expect(person.latestDevice(of: [.telegram]) == nil)
    #expect(person.device(at: "web:https://p.example/1")?.keys == "k.s")
  }

  /// Twenty at most, whatever the order in which forty are heard of; and they survive their bytes.
  @Test func theLongestSilentMakesRoom() throws {
    var random = SeededRandom(seed: 20)
    var outcomes: [PersonState] = []
    for _ in 0..<20 {
      var records = (0..<40).map { Self.notice("+fcm\nt\($0)\n\n", at: Int64($0), id: "m\($0)") }
      for index in records.indices.reversed() { records.swapAt(index, random.below(index + 1)) }
      var person = Sample.nobody()
      for record in records { person.apply(record) }
      person.counters = []
      outcomes.append(person)
    }
    #expect(outcomes[0].devices.count == Device.countMax)
    #expect(Set(outcomes[0].devices.map(\.token)) == Set((20..<40).map { "t\($0)" }))
    #expect(outcomes.allSatisfy { $0.devices == outcomes[0].devices })
    #expect(try PersonState(decoding: outcomes[0].encoded) == outcomes[0])
  }

  @Test func twoWhoAreOneHaveBoths() {
    var (one, other) = (Sample.nobody(), Sample.nobody(2))
    one.apply(Self.notice("+fcm\nx\n\n", at: 1, id: "1"))
    other.apply(Self.notice("+fcm\nx\n\n", at: 5, id: "2"))
    other.apply(Self.notice("+apns\ny\n\n", at: 2, id: "3"))
    one.absorb(other)
    #expect(one.devices.map(\.address) == ["apns:y", "fcm:x"])
    #expect(one.devices[1].seenAt == Sample.march1 + .days(5))
  }
}
