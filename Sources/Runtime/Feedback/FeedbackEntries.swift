import Delivery
import Engine
import Events
import Profiles
import RoostCore

/// Feedback as event records: what timelines, segments and journeys see of it, and the receipts of consents.
struct FeedbackEntries {
  private let feedback: MessageFeedback
  private let message: MessageRecord?
  private let kind: ChannelKind
  private let symbols: SymbolTable
  private let now: Instant
  /// Tells apart what may happen twice within a moment.
  private let serial: String

  /// - Parameter kind: by what way the message went.
  init(
    _ feedback: MessageFeedback, _ message: MessageRecord?, kind: ChannelKind, symbols: SymbolTable, now: Instant,
    serial: String
  ) {
    self.feedback = feedback
    self.message = message
    self.kind = kind
    self.symbols = symbols
    self.now = now
    self.serial = serial
  }

  /// What the message's record keeps of it.
  var detail: String? {
    switch feedback.news {
    case .bounced(let bounce): [bounce.status, bounce.diagnostic].filter { !$0.isEmpty }.joined(separator: " ")
    case .failed(let reason): reason
    default: nil
    }
  }

  /// Appends the records; where each lies.
  func write(into writer: inout EventWriter) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    switch feedback.news {
    case .unsubscribed:
      ranges += consents([channelPurpose: false], source: ConsentPolicy.unsubscribeSource, into: &writer)
    case .complained: ranges += consents([channelPurpose: false], source: "complaint", into: &writer)
    case .blocked: ranges += consents([channelPurpose: false], source: "blocked", into: &writer)
    case .answered(let answers, let source): ranges += consents(answers, source: source, into: &writer)
    case .confirmed(let kind, let version):
      ranges += consents(
        [kind.confirmationPurpose: true], source: "double_opt_in", textVersion: version, into: &writer)
    case .paused(let until):
      ranges += trait(DeliveryGate.pauseTrait, until.map { .string($0.text) } ?? .null, into: &writer)
    case .frequency(let frequency):
      ranges += trait(DeliveryGate.frequencyTrait, .string(frequency.rawValue), into: &writer)
    case .opened, .clicked, .tapped, .bounced, .delivered, .failed, .dismissed: break
    }
    if let (notice, address) = suppression { ranges.append(suppress(notice, address, into: &writer)) }
    if let name = feedback.news.eventName(kind).flatMap(symbols.intern) { ranges.append(event(name, into: &writer)) }
    return ranges
  }

  private var channelPurpose: String { "marketing.\(kind.rawValue)" }

  /// Times after which the same feedback counts anew: a letter that is opened again on another day, a link clicked again.
  private var id: String {
    let origin = feedback.message?.text ?? feedback.person.text
    let (hour, day) = (now.milliseconds / 3_600_000, now.milliseconds / 86_400_000)
    return switch feedback.news {
    case .opened(let isMachine): "\(isMachine ? "prefetch" : "open")-\(origin)-\(day)"
    case .clicked(let url, _, let isMachine):
      isMachine ? "prefetch-\(origin)-\(hash(url))-\(day)" : "click-\(origin)-\(hash(url))-\(hour)"
    // What the SDK calls it: a tap that it tells in the visitor's name too, since our answer got lost, counts once.
    case .tapped: "\(kind.eventWord) Tapped-\(origin)"
    case .bounced(let bounce): bounce.isHard ? "bounce-\(origin)" : "bounce-\(origin)-\(day)"
    case .complained: "complaint-\(origin)"
    case .delivered: "delivered-\(origin)"
    case .failed: "failed-\(origin)"
    case .blocked: "blocked-\(origin)-\(serial)"
    case .dismissed: "dismissed-\(origin)"
    case .unsubscribed: "unsubscribe-\(origin)-\(serial)"
    case .answered: "answer-\(origin)-\(serial)"
    case .paused: "pause-\(origin)-\(serial)"
    case .confirmed: "confirm-\(origin)-\(serial)"
    case .frequency: "frequency-\(origin)-\(serial)"
    }
  }

  private func hash(_ text: String) -> String {
    PersonID(Array(text.utf8).withUnsafeBytes { hash64($0, seed: EventWriter.messageSeed) }).text
  }

  private func begin(_ kind: EventKind, _ name: Symbol, suffix: String = "", into writer: inout EventWriter) {
    Array((id + suffix).utf8).withUnsafeBytes {
      writer.begin(kind, name: name, timestamp: now, receivedAt: now, isHistorical: false, messageID: $0)
    }
    writer.beginFields()
  }

  private func event(_ name: Symbol, into writer: inout EventWriter) -> Range<Int> {
    begin(.track, name, into: &writer)
    var properties: [(String, String)] = []
    if let id = feedback.message { properties.append(("message_id", id.text)) }
    if let message {
      properties += [
        ("journey", message.journey), ("step", message.step), ("template", message.template),
        ("channel", message.channel),
      ]
    }
    switch feedback.news {
    case .clicked(let url, let label, _): properties += [("url", url), ("link", label)]
    case .bounced(let bounce):
      properties += [
        ("type", bounce.isHard ? "hard" : "soft"), ("status", bounce.status), ("reason", bounce.diagnostic),
        ("address", bounce.address),
      ]
    case .complained(let kind): properties.append(("type", kind))
    case .failed(let reason), .blocked(let reason): properties.append(("reason", reason))
    default: break
    }
    if let message, isAnswer {
      if let symbol = symbols.intern("class") {
        writer.value(.property, symbol, .string(message.messageClass.rawValue))
      }
      // What is learned of how somebody answers counts each message once.
      if message.messageClass == .marketing, message.status != .opened, message.status != .clicked,
        let symbol = symbols.intern("first")
      {
        writer.bool(.property, symbol, true)
      }
    }
    for (name, text) in properties where !text.isEmpty {
      if let symbol = symbols.intern(name) { writer.value(.property, symbol, .string(text)) }
    }
    return writer.end()
  }

  /// Whether the person did something with the message.
  private var isAnswer: Bool {
    switch feedback.news {
    case .opened(isMachine: false), .clicked(_, _, isMachine: false), .tapped: true
    default: false
    }
  }

  private func consents(
    _ answers: [String: Bool], source: String, textVersion: String = "", into writer: inout EventWriter
  ) -> [Range<Int>] {
    guard !answers.isEmpty else { return [] }
    begin(.consent, .none, suffix: "-receipt", into: &writer)
    for (purpose, isGranted) in answers.sorted(by: { $0.key < $1.key }) {
      if let symbol = symbols.intern(purpose) { writer.bool(.consent, symbol, isGranted) }
    }
    if let symbol = symbols.intern(ProfileRules.consentSourceName) {
      writer.value(.context, symbol, .string(source))
    }
    if !textVersion.isEmpty, let symbol = symbols.intern(ProfileRules.consentTextVersionName) {
      writer.value(.context, symbol, .string(textVersion))
    }
    return [writer.end()]
  }

  /// What it says about the address that the message went to.
  private var suppression: (SuppressionNotice, String)? {
    guard let message, !message.to.isEmpty else { return nil }
    return switch feedback.news {
    case .bounced(let bounce): (bounce.isHard ? .bounced : .soft, message.to)
    case .complained: (.complained, message.to)
    default: nil
    }
  }

  private func suppress(
    _ notice: SuppressionNotice, _ address: String, into writer: inout EventWriter
  ) -> Range<Int> {
    SuppressionEntry(
      notice: notice, kind: kind, address: address, message: message?.id, detail: detail ?? "", id: id + "-address"
    ).write(at: now, symbols, into: &writer)
  }

  private func trait(_ name: String, _ value: Value, into writer: inout EventWriter) -> [Range<Int>] {
    guard let symbol = symbols.intern(name) else { return [] }
    begin(.identify, .none, into: &writer)
    writer.value(.trait, symbol, value)
    return [writer.end()]
  }
}
