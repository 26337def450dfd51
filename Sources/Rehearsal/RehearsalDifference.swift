import RoostCore

/// What changes for people from one rehearsal to another: fed with both rehearsals' messages person by person.
public struct RehearsalDifference: Sendable {
  /// Messages are compared by these names: `journey/step`.
  private var names: [String] = []
  private var placeOfName: [String: Int] = [:]
  private var labels: [[Int32]]

  public private(set) var people = 0
  public private(set) var more = 0
  public private(set) var fewer = 0
  /// As many, but others, or in another order.
  public private(set) var other = 0
  /// By two names, the first before the second: people in the first rehearsal and in the second.
  private var orders: [Int64: (Int, Int)] = [:]
  /// By name: people who get it in the first rehearsal only, and in the second only.
  private var onlyIn: [Int: (Int, Int)] = [:]

  /// - Parameters:
  ///   - byTemplate: for rehearsals whose journeys have no step in common.
  public init(_ first: [RehearsedJourney], _ second: [RehearsedJourney]) {
    labels = []
    for (side, journeys) in [first, second].enumerated() {
      for journey in journeys {
        labels.append(
          journey.steps.map { step in
            let name = "\(journey.key)/\(step.id)"
            if let known = placeOfName[name] { return Int32(known) }
            placeOfName[name] = names.count
            names.append(name)
            return Int32(names.count - 1)
          })
      }
      if side == 0 { firstCount = journeys.count }
    }
  }
  private var firstCount = 0

  private func sequence(_ messages: ArraySlice<RehearsedMessage>, _ side: Int) -> [Int] {
    messages.filter { $0.status == .sent }.map { Int(labels[side * firstCount + Int($0.journey)][Int($0.step)]) }
  }

  /// One person's messages in both, by time.
  public mutating func add(_ first: ArraySlice<RehearsedMessage>, _ second: ArraySlice<RehearsedMessage>) {
    let (a, b) = (sequence(first, 0), sequence(second, 1))
    guard !a.isEmpty || !b.isEmpty else { return }
    people += 1
    if b.count > a.count { more += 1 } else if b.count < a.count { fewer += 1 } else if a != b { other += 1 }
    let (firstsA, firstsB) = (firsts(a), firsts(b))
    for name in firstsA where !firstsB.contains(name) { onlyIn[name, default: (0, 0)].0 += 1 }
    for name in firstsB where !firstsA.contains(name) { onlyIn[name, default: (0, 0)].1 += 1 }
    count(firstsA) { $0.0 += 1 }
    count(firstsB) { $0.1 += 1 }
  }

  private func firsts(_ names: [Int]) -> [Int] {
    var seen: [Int] = []
    for name in names where !seen.contains(name) && seen.count < RehearsalFigures.orderedStepsMax { seen.append(name) }
    return seen
  }

  private mutating func count(_ names: [Int], _ add: (inout (Int, Int)) -> Void) {
    for (place, name) in names.enumerated() {
      for earlier in names[..<place] { add(&orders[Int64(earlier) << 32 | Int64(name), default: (0, 0)]) }
    }
  }

  public var json: JSONValue {
    let orders = self.orders.filter { $0.value.0 != $0.value.1 }.sorted { a, b in
      let (x, y) = (abs(a.value.0 - a.value.1), abs(b.value.0 - b.value.1))
      return x != y ? x > y : a.key < b.key
    }
    return [
      "people": .int(Int64(people)), "more": .int(Int64(more)), "fewer": .int(Int64(fewer)),
      "others": .int(Int64(other)),
      "steps": .array(
        onlyIn.sorted { names[$0.key] < names[$1.key] }.map { name, counts in
          [
            "step": .string(names[name]), "onlyInFirst": .int(Int64(counts.0)), "onlyInSecond": .int(Int64(counts.1)),
          ]
        }),
      "orders": .array(
        orders.prefix(200).map { key, counts in
          [
            "first": .string(names[Int(key >> 32)]), "then": .string(names[Int(key & 0xFFFF_FFFF)]),
            "peopleInFirst": .int(Int64(counts.0)), "peopleInSecond": .int(Int64(counts.1)),
          ]
        }),
    ]
  }
}
