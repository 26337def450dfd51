import Channels
import Engine
import Events
import RoostCore

/// What somebody wrote by text message: all of it, or what came of it in time.
struct WrittenText: Sendable {
  var from: String
  var isInternational: Bool
  var to: String
  var text: String
  /// How many parts it had, and which of them did not come; 1 for a short one.
  var parts = 1
  var missing: [Int] = []
  /// How it begins; `nil` if that did not come.
  var beginning: String?

  /// An event holds 32 KiB; no phone writes that much.
  private static let bytesMax = 20_000

  init(_ text: SMPPText) {
    (from, isInternational, to) = (text.from, text.isInternational, text.to)
    self.text = text.text
    beginning = text.text
  }

  init(_ long: LongText) {
    (from, isInternational, to) = (long.name.from, long.name.isInternational, long.name.to)
    text = long.text.prefix(scalars: Self.bytesMax / 4)
    parts = long.name.count
    missing = long.missing
    beginning = long.beginning
  }

  var phone: String { isInternational || from.utf8.count >= 10 ? "+\(from)" : from }

  /// Whether it ends marketing. Of a long message the first part decides.
  func isStop(_ words: [String]) -> Bool { beginning.map { Self.isStopWord($0, words) } ?? false }

  /// The call that records it: like any other event, so that whoever wrote becomes known if they were not.
  ///
  /// - Parameter id: two calls with the same one are the same.
  func call(by channel: String, isStop: Bool, id: (JSONValue) -> String) -> JSONValue {
    var properties: [JSONValue.Member] = [
      .init("text", .string(text)), .init("from", .string(phone)), .init("to", .string(to)),
      .init("channel", .string(channel)),
    ]
    if parts > 1 { properties.append(.init("parts", .int(Int64(parts)))) }
    if !missing.isEmpty {
      properties += [
        .init("incomplete", true), .init("missing", .array(missing.map { .int(Int64($0)) })),
      ]
    }
    let said = JSONValue.object(properties)
    return [
      "type": "track", "event": isStop ? "SMS Unsubscribed" : "SMS Received",
      "messageId": .string("sms-" + id(said)), "properties": said,
      "context": ["traits": ["phone": .string(phone)]],
    ]
  }

  /// The whole text is one of the words, or it begins with STOP or СТОП.
  static func isStopWord(_ text: String, _ words: [String]) -> Bool {
    let parts = text.uppercased().split { !$0.isLetter && !$0.isNumber }
    guard let first = parts.first.map(String.init) else { return false }
    if first == "STOP" || first == "СТОП", words.contains(first) { return true }
    return words.contains(parts.joined(separator: " "))
  }
}

extension EventSubmission {
  /// A call of ours, as a client would send it; what cannot be read of it is kept in quarantine.
  init(
    _ call: JSONValue, _ workspace: WorkspaceID, _ symbols: SymbolTable, at now: Instant,
    completion: @escaping @Sendable (Problem?) -> Void
  ) throws(Problem) {
    let body = Array(call.text.utf8)
    var parser = EventParser(symbols: symbols)
    let parsed: Result<ParsedCall, Problem> = body.withUnsafeBytes { bytes in
      do throws(Problem) { return .success(try parser.parse(bytes, as: .track, receivedAt: now)) } catch {
        return .failure(error)
      }
    }
    let read = try parsed.get()
    self.init(
      workspace: workspace, records: read.events.bytes, count: read.ranges.count,
      quarantined: read.rejected.map { rejection in
        QuarantineItem(
          workspace: workspace, receivedAt: now, reason: rejection.reason, pointer: rejection.pointer,
          detail: rejection.detail, raw: Array(body[rejection.raw]), isHistorical: false)
      }, completion: completion)
  }
}
