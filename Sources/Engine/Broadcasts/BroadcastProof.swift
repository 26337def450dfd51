import Delivery
import RoostCore

/// How a broadcast was proved to be over: everybody in its audience was looked at once more, and every message of it in
/// the store was counted.
public struct BroadcastProof: Sendable, Equatable {
  /// Who was in the audience when it began.
  public var audience = 0
  /// Of them: who have their row; who went into somebody else, who has one; who were erased; who never had their turn.
  public var reached = 0
  public var merged = 0
  public var erased = 0
  public var untouched = 0
  /// Of all rows: those without a message, since the person is held out.
  public var heldOut = 0
  /// Messages as they lie in the store.
  public var messages: [MessageStatus: Int] = [:]
  /// Messages whose hand-off is due or under way.
  public var open = 0

  public init() {}

  /// Everybody is accounted for, and nothing is still to come.
  public var isComplete: Bool {
    audience == reached + merged + erased && untouched == 0 && open == 0 && messages[.held, default: 0] == 0
      && messages[.scheduled, default: 0] == 0
  }

  public var json: JSONValue {
    [
      "audience": .int(Int64(audience)), "reached": .int(Int64(reached)), "merged": .int(Int64(merged)),
      "erased": .int(Int64(erased)), "untouched": .int(Int64(untouched)), "heldOut": .int(Int64(heldOut)),
      "open": .int(Int64(open)), "messages": messages.countsJSON,
    ]
  }

  public init?(json: JSONValue) {
    guard let audience = json["audience"]?.int else { return nil }
    func number(_ key: String) -> Int { Int(json[key]?.int ?? 0) }
    self.audience = Int(audience)
    reached = number("reached")
    merged = number("merged")
    erased = number("erased")
    untouched = number("untouched")
    heldOut = number("heldOut")
    open = number("open")
    for member in json["messages"]?.members ?? [] {
      guard let status = MessageStatus(rawValue: member.key), let count = member.value.int else { continue }
      messages[status] = Int(count)
    }
  }
}

extension [MessageStatus: Int] {
  /// In the order in which statuses are published; those of which there are none are left out.
  public var countsJSON: JSONValue {
    .object(
      MessageStatus.allCases.compactMap { status in
        self[status].flatMap { $0 == 0 ? nil : .init(status.rawValue, .int(Int64($0))) }
      })
  }
}
