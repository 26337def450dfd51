import Testing

@testable import History

@Suite struct FateTableTests {
  /// 1 → 2 at 10, 2 erased at 20, 1 → 3 at 30, 3 → 2 at 40.
  let table = FateTable([
    Fate(sequence: 10, person: 1, target: 2), Fate(sequence: 20, person: 2, target: nil),
    Fate(sequence: 30, person: 1, target: 3), Fate(sequence: 40, person: 3, target: 2),
  ])

  @Test func ownersFollowTheFatesInOrder() {
    // What lay with 1 at the start went to 2 and was erased with it.
    #expect(table.owner(of: 1, from: 0) == nil)
    #expect(table.owner(of: 1, from: 0, until: 20) == 2)
    // What 1 did after its first redirect went by way of 3.
    #expect(table.owner(of: 1, from: 11) == 2)
    #expect(table.owner(of: 1, from: 31) == 1)
    #expect(table.owner(of: 2, from: 20) == nil)
    #expect(table.owner(of: 2, from: 21) == 2)
  }

  @Test func holdingsAreTheWayBack() {
    let holdings = table.holdings(of: 2).sorted { $0.person < $1.person }
    #expect(
      holdings == [
        Holding(person: 1, start: 11, end: 30), Holding(person: 2, start: 21, end: .max),
        Holding(person: 3, start: 0, end: 40),
      ])
    #expect(table.holdings(of: 1) == [Holding(person: 1, start: 31, end: .max)])
  }

  @Test func forgetsWhatIsApplied() {
    var table = table
    table.removeAll(before: 30)
    #expect(table.fates.map(\.sequence) == [30, 40])
    #expect(table.owner(of: 1, from: 25) == 2)
    #expect(table.fates(in: 31..<40).isEmpty)
    #expect(table.fates(in: 30..<41).count == 2)
  }
}
