import Delivery
import Engine
import Events
import Journeys
import Profiles
import RoostCore

/// One person's way through a rehearsal, told moment by moment with what caused each decision.
public final class RehearsalTrace {
  public private(set) var items: [JSONValue] = []
  /// The messages in full, as they would have been recorded.
  public private(set) var messages: [MessageRecord] = []
  /// Longer stories end here, and say so.
  public static let itemsMax = 5_000
  public private(set) var isCut = false
  /// Only what lies in the period is told.
  private let from: Instant
  private var cause = ""

  public init(from: Instant) { self.from = from }

  private func add(_ at: Instant, _ members: [JSONValue.Member]) {
    guard at >= from else { return }
    guard items.count < Self.itemsMax else { return isCut = true }
    items.append(.object([.init("at", .string(at.text))] + members))
  }

  func event(_ event: EventView, at: Instant, _ symbols: SymbolTable) {
    let name = event.name == .none ? event.kind.name : symbols.name(event.name)
    cause = "the event \(name)"
    add(
      at,
      [
        .init("event", .string(name)), .init("id", .string(event.messageID)),
        .init("happenedAt", .string(event.timestamp.text)),
      ])
  }

  func assumed(_ event: EventView, at: Instant, _ symbols: SymbolTable) {
    cause = "the assumed \(symbols.name(event.name))"
    add(at, [.init("event", .string(symbols.name(event.name))), .init("assumed", true)])
  }

  func woke(at: Instant) { cause = "its time had come" }

  func merged(_ source: PersonID, into target: PersonID, at: Instant) {
    cause = "the merge of two people"
    add(at, [.init("merged", .string(source.text)), .init("into", .string(target.text))])
  }

  func effects(_ effects: PersonEffects, at: Instant, counts: Bool, _ plan: RehearsalPlan) {
    guard counts else { return }
    let definitions = plan.base.definitions
    for change in effects.memberships {
      guard let key = definitions.segmentKeys[change.slot] else { continue }
      add(at, [.init(change.isMember ? "cameInto" : "left", .string(key)), .init("because", .string(cause))])
    }
    for move in effects.moves { add(at, describe(move, plan)) }
    for message in effects.messages {
      let isHeld = message.status == .held
      messages.removeAll { $0.id == message.id }
      messages.append(message)
      var members: [JSONValue.Member] = [
        .init("message", .string(message.id.text)), .init("journey", .string(message.journey)),
        .init("step", .string(message.step)),
        .init("status", .string(message.status == .scheduled ? MessageStatus.sent.rawValue : message.status.rawValue)),
      ]
      if let reason = message.reason { members.append(.init("reason", .string(reason.rawValue))) }
      if !isHeld { members.append(.init("template", .string(message.template))) }
      members.append(.init("why", .array(message.sentences.map(JSONValue.string))))
      add(at, members)
    }
  }

  private func describe(_ move: JourneyMove, _ plan: RehearsalPlan) -> [JSONValue.Member] {
    let key = plan.symbols.name(move.journey)
    var members: [JSONValue.Member] = [.init("journey", .string(key)), .init("entry", .int(Int64(move.entry)))]
    let journey = plan.index(of: move.journey).map { plan.journeys[$0] }
    func step(_ place: UInt32?) -> String? { journey?.step(place, of: move.version).map { journey!.steps[$0].id } }
    if move.phase == .running {
      if let to = step(move.to) {
        members.append(.init("step", .string(to)))
      } else {
        members += [.init("entered", true), .init("because", .string(cause))]
      }
    } else {
      members.append(.init("ended", .string(move.phase.name)))
      let reason = move.reason.map(\.text) ?? (move.phase == .finished ? "the last step" : nil)
      if let reason { members.append(.init("reason", .string(reason))) }
      members.append(.init("because", .string(cause)))
    }
    return members
  }
}

extension JourneyRun.Phase {
  var name: String {
    switch self {
    case .running: "running"
    case .finished: "finished"
    case .exited: "exited"
    case .heldOut: "held_out"
    }
  }
}
