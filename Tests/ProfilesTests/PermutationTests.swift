import Events
import Profiles
import RoostCore
import Testing

/// The order in which calls arrive changes nothing, as long as no two people claim the same thing.
@Suite struct PermutationTests {
  @Test(arguments: 0..<8)
  func orderOfArrivalDoesNotMatter(part: UInt64) throws {
    for number in 0..<300 {
      var random = SeededRandom(seed: part * 1_000 + UInt64(number))
      let records = Self.records(&random)
      let expected = try Self.outcome(of: records)
      for _ in 0..<6 {
        var order = records
        for index in order.indices.reversed() { order.swapAt(index, random.below(index + 1)) }
        let outcome = try Self.outcome(of: order)
        guard outcome == expected else {
          Issue.record("world \(part * 1_000 + UInt64(number)) ends otherwise in another order")
          return
        }
      }
    }
  }

  /// All orders of small worlds.
  @Test func everyOrderOfFiveCalls() throws {
    for number in 0..<12 {
      var random = SeededRandom(seed: 90_000 + UInt64(number))
      let records = Array(Self.records(&random).prefix(5))
      let expected = try Self.outcome(of: records)
      try Self.forEachPermutation(of: records) {
        let outcome = try Self.outcome(of: $0)
        #expect(outcome == expected)
      }
    }
  }

  private static func outcome(of records: [[UInt8]]) throws -> [PersonID: PersonState] {
    var world = IdentityWorld()
    for record in records { try world.take(record) }
    try #require(world.refusals.isEmpty, "a world with conflicts")
    for person in world.people.values { #expect(try PersonState(decoding: person.encoded) == person) }
    return world.outcome
  }

  /// Two people with what is theirs alone, and three to eight calls by them; times repeat on purpose.
  private static func records(_ random: inout SeededRandom) -> [[UInt8]] {
    let isUser = random.below(4) > 0
    return (0..<(3 + random.below(6))).map { number in
      let person = random.below(2)
      let anonymous = (IdentifierKind.anonymous, "a\(person)\(isUser ? random.below(2) : 0)")
      let user = (IdentifierKind.user, "u\(person)")
      let email = (IdentifierKind.email, "\(person)@x.it")
      let device = (IdentifierKind.device, "d\(person)")
      let time = Int64(random.below(3)) * 40 * Sample.day
      let id = "m\(number)"
      let fields = Self.fields(&random)
      switch random.below(isUser ? 8 : 5) {
      case 0: return call(.track, [anonymous], id: id, at: time, with: fields)
      case 1: return call(.track, [anonymous, device], id: id, at: time, with: fields)
      case 2: return call(.identify, [email, anonymous], id: id, at: time, with: fields)
      case 3: return call(.track, [email], id: id, at: time, with: fields)
      case 4: return call(.track, [device], id: id, at: time, with: fields)
      case 5: return call(.identify, [user, anonymous], id: id, at: time, with: fields)
      case 6: return call(.identify, [user, email], id: id, at: time, with: fields)
      default:
        let previous = random.below(2) == 0 ? anonymous.1 : "old\(person)"
        return call(.alias, [(.previous, previous), user], id: id, at: time)
      }
    }
  }

  private static func fields(_ random: inout SeededRandom) -> [Sample.Field] {
    let values: [Value] = [.null, .bool(true), .number(2), .string("IT"), .string("ES"), .json("[]")]
    return [
      Sample.Field(.trait, Symbol(40 + UInt32(random.below(2))), values[random.below(values.count)]),
      Sample.Field(.consent, .marketing, .bool(random.below(2) == 0)),
    ]
  }

  private static func forEachPermutation(of records: [[UInt8]], _ body: ([[UInt8]]) throws -> Void) rethrows {
    func permute(_ chosen: [[UInt8]], _ rest: [[UInt8]]) throws {
      if rest.isEmpty { return try body(chosen) }
      for index in rest.indices {
        var others = rest
        let next = others.remove(at: index)
        try permute(chosen + [next], others)
      }
    }
    try permute([], records)
  }
}
