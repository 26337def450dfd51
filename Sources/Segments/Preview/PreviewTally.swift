import Events
import Profiles
import RoostCore

/// Counts whom a `PreviewPlan` means where names and times decide (`PreviewPlan.isTally`): a person's rows may come in any
/// order and from several sources. For some thousand people: `add` everything of theirs, then `endPeople`.
public struct PreviewTally: Sendable {
  /// A place in the table of people: free unless its round is the present one.
  struct Entry {
    var person: UInt64 = 0
    var number: UInt32 = 0
    var round: UInt32 = 0
  }
  /// What a condition wants to know of a source's rows.
  enum Reading: UInt8 { case none, every, byTime }

  private let plan: PreviewPlan
  private let steps: [PreviewPlan.Step]
  private let initial: [Int64]
  /// Open addressing, a power of two, at most half full.
  private var table = [Entry](repeating: Entry(), count: 1 << 10)
  private var round: UInt32 = 1
  /// How many people there are since the last `endPeople`.
  private var known = 0
  /// By their number, in the order in which they came; there is room for more.
  private var people: [UInt64] = []
  /// A number for each person and condition.
  private var readings: [Int64] = []

  public private(set) var count = 0
  /// The first of those who are meant.
  public private(set) var sample: [PersonID] = []
  public static let sampleMax = 5

  public init(_ plan: PreviewPlan) {
    self.plan = plan
    steps = plan.steps
    initial = plan.gauges.map(\.initial)
  }

  /// Takes some people's events: those of person `people[i]` are at the places `rows[starts[i] ..< starts[i + 1]]` of the
  /// columns.
  ///
  /// - Parameters:
  ///   - kinds: `EventKind`'s raw values.
  ///   - span: no row's time is outside of it.
  public mutating func add(
    people group: UnsafeBufferPointer<UInt64>, starts: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>,
    times: UnsafePointer<Int64>, symbols: UnsafePointer<UInt16>, kinds: UnsafePointer<UInt8>, span: ClosedRange<Int64>
  ) {
    reserve(known + group.count)
    let plan = plan
    let wanted = plan.gauges.map { $0.reading(of: span) }
    let (width, names) = (plan.gauges.count, plan.gaugeStarts.count &- 1)
    withPlaces { places in
      wanted.withUnsafeBufferPointer { wanted in
        plan.gaugeStarts.withUnsafeBufferPointer { gaugeStarts in
          plan.gaugeOrder.withUnsafeBufferPointer { gaugeOrder in
            plan.gauges.withUnsafeBufferPointer { gauges in
              for place in group.indices {
                let own = places.readings + places.number(of: group[place], width) &* width
                var index = Int(starts[place])
                let end = Int(starts[place &+ 1])
                while index < end {
                  let row = Int(rows[index])
                  index &+= 1
                  let symbol = Int(symbols[row])
                  guard symbol < names, kinds[row] == EventKind.track.rawValue else { continue }
                  for order in Int(gaugeStarts[symbol])..<Int(gaugeStarts[symbol &+ 1]) {
                    let gauge = Int(gaugeOrder[order])
                    switch wanted[gauge] {
                    case .none: break
                    case .every: own[gauge] &+= 1
                    case .byTime: own[gauge] = gauges[gauge].reading(own[gauge], times[row])
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The table and the readings as plain pointers: it is looked into for every person of every source.
  private struct Places {
    let table: UnsafeMutablePointer<Entry>
    let mask: Int
    let shift: UInt64
    let round: UInt32
    let people: UnsafeMutablePointer<UInt64>
    let readings: UnsafeMutablePointer<Int64>
    let initial: UnsafePointer<Int64>
    var known: Int

    /// The person's number, a new one for whoever comes the first time; there has to be room.
    @inline(__always)
    mutating func number(of person: UInt64, _ width: Int) -> Int {
      var place = Int(truncatingIfNeeded: PreviewTally.hash(person) &>> shift)
      while table[place].round == round {
        if table[place].person == person { return Int(table[place].number) }
        place = (place &+ 1) & mask
      }
      table[place] = Entry(person: person, number: UInt32(truncatingIfNeeded: known), round: round)
      people[known] = person
      for gauge in 0..<width { readings[known &* width &+ gauge] = initial[gauge] }
      known &+= 1
      return known &- 1
    }
  }

  private mutating func withPlaces(_ body: (inout Places) -> Void) {
    let round = round
    var known = known
    table.withUnsafeMutableBufferPointer { table in
      people.withUnsafeMutableBufferPointer { people in
        readings.withUnsafeMutableBufferPointer { readings in
          initial.withUnsafeBufferPointer { initial in
            var places = Places(
              table: table.baseAddress!, mask: table.count &- 1,
              shift: UInt64(64 &- table.count.trailingZeroBitCount), round: round, people: people.baseAddress!,
              readings: readings.baseAddress!, initial: initial.baseAddress!, known: known)
            body(&places)
            known = places.known
          }
        }
      }
    }
    self.known = known
  }

  /// Multiplicative hashing (Knuth, volume 3, 6.4): the upper bits count.
  @inline(__always)
  private static func hash(_ person: UInt64) -> UInt64 { person &* 0x9E37_79B9_7F4A_7C15 }

  /// Makes room for so many people.
  private mutating func reserve(_ count: Int) {
    if count > people.count {
      people += [UInt64](repeating: 0, count: max(count, 1_024))
      readings += [Int64](repeating: 0, count: people.count &* initial.count &- readings.count)
    }
    guard count &* 2 > table.count else { return }
    var places = table.count
    while count &* 2 > places { places *= 2 }
    table = Array(repeating: Entry(), count: places)
    round = 1
    for number in 0..<known {
      var place = Int(truncatingIfNeeded: Self.hash(people[number]) &>> UInt64(64 &- places.trailingZeroBitCount))
      while table[place].round == round { place = (place &+ 1) & (places &- 1) }
      table[place] = Entry(person: people[number], number: UInt32(number), round: round)
    }
  }

  /// Everything of the people who were added since the last call has been.
  public mutating func endPeople() {
    var found = 0
    var first: [UInt64] = []
    let wantsSample = sample.count < Self.sampleMax
    let width = initial.count
    steps.withUnsafeBufferPointer { steps in
      readings.withUnsafeBufferPointer { readings in
        for number in 0..<known where PreviewPlan.means(steps, readings, at: number &* width) {
          found &+= 1
          if wantsSample { first.append(people[number]) }
        }
      }
    }
    count += found
    sample += first.sorted().prefix(Self.sampleMax - sample.count).map(PersonID.init)
    known = 0
    round &+= 1
    if round == 0 {
      table = Array(repeating: Entry(), count: table.count)
      round = 1
    }
  }

  /// Takes over what was found among the people that follow.
  public mutating func join(_ following: PreviewTally) {
    count += following.count
    sample += following.sample.prefix(Self.sampleMax - sample.count)
  }
}

extension PreviewPlan.Gauge {
  /// What is needed of rows whose times lie within a span.
  fileprivate func reading(of span: ClosedRange<Int64>) -> PreviewTally.Reading {
    guard kind == .count else { return .byTime }
    return span.lowerBound > cutoff ? .every : span.upperBound > cutoff ? .byTime : .none
  }
}
