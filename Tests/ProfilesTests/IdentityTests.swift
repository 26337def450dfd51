import Events
import Profiles
import RoostCore
import Testing

/// Each declared rule, as a story.
@Suite struct IdentityTests {
  private var world = IdentityWorld()

  private mutating func expect(
    _ record: [UInt8], belongsTo person: PersonID, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let owner = try world.take(record)
    #expect(owner == person, sourceLocation: location)
  }

  @Test mutating func visitorBecomesUser() throws {
    try world.take(call(.track, [(.anonymous, "a")], id: "1"))
    try expect(call(.identify, [(.anonymous, "a"), (.user, "u")], id: "2"), belongsTo: born(.user, "u"))
    #expect(world.redirects == [born(.anonymous, "a"): born(.user, "u")])
    try expect(call(.track, [(.anonymous, "a")], id: "3"), belongsTo: born(.user, "u"))
    let person = try #require(world.people[born(.user, "u")])
    #expect(person.counter(of: Symbol(20))?.count == 2, "the event before the merge counts after it")
    #expect(person.identifiers == [Identifier(.user, "u"), Identifier(.anonymous, "a")])
    #expect(person.absorbed == 1)
  }

  @Test mutating func sharedDeviceStaysWithItsFirstUser() throws {
    try world.take(call(.track, [(.user, "u1"), (.anonymous, "a")]))
    try expect(call(.track, [(.user, "u2"), (.anonymous, "a")]), belongsTo: born(.user, "u2"))
    #expect(world.owner(.anonymous, "a") == born(.user, "u1"))
    #expect(world.refusals == [.otherUser])
    #expect(world.people[born(.user, "u2")]?.identifiers == [Identifier(.user, "u2")])
  }

  @Test mutating func sharedEmailStaysWithItsFirstUser() throws {
    try world.take(call(.track, [(.user, "u1"), (.email, "home@x.it")]))
    try expect(call(.track, [(.user, "u2"), (.email, "home@x.it")]), belongsTo: born(.user, "u2"))
    #expect(world.owner(.email, "home@x.it") == born(.user, "u1"))
    try expect(call(.track, [(.email, "home@x.it")]), belongsTo: born(.user, "u1"))
    #expect(world.people.count == 2)
  }

  @Test mutating func deviceDoesNotGluePeopleWithDifferentEmails() throws {
    try world.take(call(.track, [(.email, "ann@x.it"), (.anonymous, "a")]))
    try world.take(call(.identify, [(.user, "bob"), (.email, "bob@x.it")]))
    try expect(call(.track, [(.user, "bob"), (.anonymous, "a")]), belongsTo: born(.user, "bob"))
    #expect(world.owner(.anonymous, "a") == born(.email, "ann@x.it"))
    try expect(call(.track, [(.email, "eve@x.it"), (.anonymous, "a")]), belongsTo: born(.email, "eve@x.it"))
    #expect(world.refusals == [.sharedDevice, .sharedDevice])
    #expect(world.people.count == 3)
  }

  @Test mutating func emailGluesPeopleWithDifferentPhones() throws {
    try world.take(call(.track, [(.email, "ann@x.it"), (.phone, "+390612345")]))
    try world.take(call(.track, [(.user, "ann"), (.phone, "+390699999")]))
    try expect(call(.track, [(.user, "ann"), (.email, "ann@x.it")]), belongsTo: born(.user, "ann"))
    #expect(world.people.count == 1)
  }

  @Test mutating func customIdentifiersDifferOnlyWithinAType() throws {
    try world.take(call(.track, [(.custom, "crm:1"), (.anonymous, "a")]))
    try expect(call(.track, [(.custom, "till:9"), (.anonymous, "a")]), belongsTo: born(.custom, "crm:1"))
    try expect(call(.track, [(.custom, "crm:2"), (.anonymous, "a")]), belongsTo: born(.custom, "crm:2"))
    #expect(world.refusals == [.sharedDevice])
  }

  @Test mutating func knownPersonNeverLosesToAnAnonymousOne() throws {
    try world.take(call(.track, [(.device, "d")]))
    try world.take(call(.track, [(.email, "ann@x.it")]))
    try world.take(call(.track, [(.user, "ann"), (.anonymous, "a")]))
    // The device outranks the anonymous id, but its owner is nobody known.
    try expect(call(.track, [(.device, "d"), (.anonymous, "a")]), belongsTo: born(.user, "ann"))
    // So does the e-mail address, whose owner has no user id.
    try expect(call(.track, [(.email, "ann@x.it"), (.anonymous, "a")]), belongsTo: born(.user, "ann"))
    #expect(Set(world.people.keys) == [born(.user, "ann")])
  }

  @Test mutating func twoUsersThroughOneEventWithoutUser() throws {
    try world.take(call(.track, [(.user, "u1"), (.email, "x@x.it")]))
    try world.take(call(.track, [(.user, "u2"), (.anonymous, "a")]))
    try expect(call(.track, [(.anonymous, "a"), (.email, "x@x.it")]), belongsTo: born(.user, "u1"))
    #expect(world.refusals == [.otherUser])
    #expect(world.people.count == 2)
  }

  @Test mutating func aliasJoinsTwoUsersForEver() throws {
    try world.take(call(.track, [(.user, "old")], id: "1"))
    try world.take(call(.track, [(.user, "new")], id: "2"))
    try expect(call(.alias, [(.previous, "old"), (.user, "new")], id: "3"), belongsTo: born(.user, "new"))
    try expect(call(.track, [(.user, "old")], id: "4"), belongsTo: born(.user, "new"))
    try expect(call(.track, [(.anonymous, "old")], id: "5"), belongsTo: born(.user, "new"))
    #expect(world.redirects == [born(.user, "old"): born(.user, "new")])
    #expect(world.people[born(.user, "new")]?.userID == "new")
  }

  @Test mutating func aliasHoldsForWhatWasNeverSeen() throws {
    try world.take(call(.alias, [(.previous, "ghost"), (.user, "u")], id: "1"))
    try expect(call(.track, [(.anonymous, "ghost")], id: "2"), belongsTo: born(.user, "u"))
    try expect(call(.track, [(.user, "ghost")], id: "3"), belongsTo: born(.user, "u"))
    #expect(world.people.count == 1)
  }

  /// analytics.js sends the anonymous id as `previousId` when somebody signs up, on a shared device another user's.
  @Test mutating func aliasOfAnotherUsersAnonymousIDJoinsNobody() throws {
    try world.take(call(.track, [(.user, "u1"), (.anonymous, "a")]))
    try expect(call(.alias, [(.previous, "a"), (.user, "u2")]), belongsTo: born(.user, "u2"))
    #expect(world.owner(.anonymous, "a") == born(.user, "u1"))
    #expect(world.owner(.user, "a") == born(.user, "u2"))
    #expect(world.refusals == [.otherUser])
  }

  @Test mutating func identifiersAreLimited() throws {
    for number in 0..<110 { try world.take(call(.track, [(.user, "u"), (.email, "\(number)@x.it")], id: "\(number)")) }
    #expect(world.people[born(.user, "u")]?.identifiers.count == 100)
    #expect(world.refusals == Array(repeating: .identifierLimit, count: 11))
    #expect(world.owner(.email, "99@x.it") == nil)
  }

  @Test mutating func mergesAreLimited() throws {
    for number in 0..<60 {
      try world.take(call(.track, [(.anonymous, "a\(number)")], id: "a\(number)"))
      try world.take(call(.track, [(.email, "kiosk@x.it"), (.anonymous, "a\(number)")], id: "b\(number)"))
    }
    #expect(world.people[born(.email, "kiosk@x.it")]?.absorbed == 50)
    #expect(world.refusals == Array(repeating: .mergeLimit, count: 10))
    #expect(world.people.count == 11)
    // Who has reached the limit may still become a user.
    try expect(call(.track, [(.user, "u"), (.email, "kiosk@x.it")], id: "c"), belongsTo: born(.user, "u"))
    #expect(world.people[born(.email, "kiosk@x.it")] == nil)
  }

  @Test func eventWithoutIdentifiersIsNobodys() {
    #expect(IdentityPlan(for: [], facts: { _ in fatalError("nobody to ask about") }) == nil)
  }

  @Test func soleOwnerNeedsNoFacts() {
    let record = call(.track, [(.user, "u"), (.anonymous, "a")])
    record.asEvent { event in
      var candidates: [IdentityCandidate] = []
      IdentityCandidate.append(of: event, workspace: IdentityWorld.workspace, seed: 1, to: &candidates)
      for index in candidates.indices { candidates[index].owner = PersonID(9) }
      #expect(IdentityPlan.soleOwner(of: candidates) == PersonID(9))
      let plan = IdentityPlan(for: candidates, facts: { _ in fatalError("one person") })
      #expect(plan == IdentityPlan(target: PersonID(9), isNew: false))
      candidates[1].owner = nil
      #expect(IdentityPlan.soleOwner(of: candidates) == nil)
    }
  }
}
