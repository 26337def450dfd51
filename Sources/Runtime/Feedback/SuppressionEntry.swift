import Delivery
import Engine
import Events
import RoostCore

/// What is noted about an address, as an event of its person.
struct SuppressionEntry {
  var notice: SuppressionNotice
  var kind: ChannelKind
  var address: String
  /// The message that brought it.
  var message: IntentID?
  var detail: String
  /// The event's messageId.
  var id: String
  /// By what right it was asked for; "" if a message brought it.
  var author = ""
  /// By what its person is known; `nil` where the person is known otherwise.
  var identifier: (kind: IdentifierKind, value: String)?

  /// Appends the record; where it lies.
  func write(at now: Instant, _ symbols: SymbolTable, into writer: inout EventWriter) -> Range<Int> {
    Array(id.utf8).withUnsafeBytes {
      writer.begin(.suppression, name: .none, timestamp: now, receivedAt: now, isHistorical: false, messageID: $0)
    }
    if let identifier {
      Array(identifier.value.utf8).withUnsafeBytes { writer.identifier(identifier.kind, $0) }
    }
    writer.beginFields()
    let properties = [
      (SuppressionNotice.channel, kind.rawValue), (SuppressionNotice.address, address),
      (SuppressionNotice.cause, notice.rawValue), (SuppressionNotice.message, message?.text ?? ""),
      (SuppressionNotice.detail, detail), ("by", author),
    ]
    for (name, text) in properties where !text.isEmpty {
      if let symbol = symbols.intern(name) { writer.value(.property, symbol, .string(text)) }
    }
    return writer.end()
  }
}
