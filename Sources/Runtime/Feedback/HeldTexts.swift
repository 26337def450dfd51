import Channels
import Events
import Profiles
import RoostCore

/// The text messages of which parts have come, oldest first, and until when each waits for the others.
struct HeldTexts: Sendable {
  private struct Item {
    var text: HeldText
    var due: Instant
  }
  private var items: [UInt64: Item] = [:]
  private var numbers: [HeldText.Key: UInt64] = [:]
  /// Numbers in the order in which they come due; some are over.
  private var order: [UInt64] = []
  private var first = 0
  private var octets = 0

  /// How long a message waits for the rest of its parts: as long as Kannel's, so that a centre that tries again is heard.
  static let waits = TimeSpan.minutes(30)
  /// So long, at least, after a start: who was away cannot have heard anything.
  static let waitsAfterStart = TimeSpan.minutes(5)
  var countMax = 10_000
  static let octetsMax = 16 << 20

  var count: Int { items.count }

  subscript(key: HeldText.Key) -> HeldText? { numbers[key].flatMap { items[$0]?.text } }

  /// When the first of them has waited long enough, or has to make room.
  var nextDue: Instant? {
    guard let oldest else { return nil }
    return items.count > countMax || octets > Self.octetsMax ? oldest.text.since : oldest.due
  }

  /// The first to come due.
  var next: HeldText? { oldest?.text }

  private var oldest: Item? {
    for place in first..<max(first, order.count) { if let item = items[order[place]] { return item } }
    return nil
  }

  /// Takes a message as it is from now on. Its time does not change by that.
  mutating func keep(_ text: HeldText, due: Instant) {
    if let known = items[text.number] {
      octets -= known.text.text.octetCount
      items[text.number]?.text = text
    } else {
      items[text.number] = Item(text: text, due: due)
      numbers[text.key] = text.number
      order.append(text.number)
    }
    octets += text.text.octetCount
  }

  mutating func remove(_ number: UInt64) {
    guard let item = items.removeValue(forKey: number) else { return }
    octets -= item.text.text.octetCount
    if numbers[item.text.key] == number { numbers[item.text.key] = nil }
    while first < order.count, items[order[first]] == nil { first += 1 }
    if first > order.count / 2 {
      order.removeFirst(first)
      first = 0
    }
  }

  /// Those that one of these numbers wrote.
  func numbers(_ workspace: WorkspaceID, from identifiers: [Identifier]) -> Set<UInt64> {
    let phones = Set(identifiers.filter { $0.kind == .phone }.map(\.value))
    guard !phones.isEmpty else { return [] }
    return Set(
      items.values.filter { item in
        guard item.text.workspace == workspace else { return false }
        let phone = WrittenText(item.text.text).phone
        return IdentifierRules.current.normalize(.phone, phone).map(phones.contains) ?? false
      }.map(\.text.number))
  }
}
