import RoostCore

/// What a provider's answers mean: by status and by what stands at a place of their JSON.
///
/// The kinds are looked at in the order of their declaration; what no rule takes means what HTTP says: 2xx is a yes, 429
/// asks for time, 401, 403, 408, 425 and 5xx are about the channel, other answers refuse the message for good.
public struct AnswerRules: Sendable {
  enum Meaning: String, CaseIterable {
    /// The address is dead.
    case unreachable
    /// The person wants nothing from this sender.
    case blocked
    /// Too much for now.
    case throttled
    /// The provider does not work, or does not let us in.
    case unavailable
    /// This message, later.
    case later
    /// This message, never.
    case rejected
    case sent
  }

  struct Rule: Sendable {
    var statuses: [ClosedRange<Int>] = []
    var pointer: JSONPointer?
    /// The value there is one of these; empty: any.
    var anyOf: [String] = []
    /// The whole body holds this text.
    var contains: String?
  }

  /// Where the provider's id of a message stands.
  enum IDPlace: Sendable {
    case pointer(JSONPointer)
    /// The word behind a text, in answers that are no JSON: `OK: 4711`.
    case after(String)
    case header(String)
  }

  var rules: [Meaning: [Rule]] = [:]
  var id: IDPlace?
  var retryAfter: JSONPointer?
  var retryAfterUnitMilliseconds = 1_000.0

  /// Of a provider's id, here and in its reports, more is cut.
  static let idScalarsMax = 200

  /// What became of a message.
  public func outcome(_ answer: WebAnswer, now: Instant) -> TransportOutcome {
    let detail = "\(answer.status) \(answer.excerpt)"
    let document = document(of: answer)
    for meaning in Meaning.allCases {
      guard let rules = rules[meaning], rules.contains(where: { $0.takes(answer, document) }) else { continue }
      return outcome(meaning, detail, answer, document, now)
    }
    // Who says what a yes is does not mean every 2xx: then nobody knows.
    if rules[.sent] != nil, (200...299).contains(answer.status) {
      return .unknown(detail: "no rule of the channel takes this answer: \(detail)")
    }
    let meaning: Meaning =
      switch answer.status {
      case 200...299: .sent
      case 429: .throttled
      case 401, 403, 408, 425, 500...599: .unavailable
      default: .rejected
      }
    return outcome(meaning, detail, answer, document, now)
  }

  private func outcome(
    _ meaning: Meaning, _ detail: String, _ answer: WebAnswer, _ document: JSONValue?, _ now: Instant
  ) -> TransportOutcome {
    switch meaning {
    case .unreachable: .gone(detail: detail, since: nil)
    case .blocked: .blocked(detail: detail)
    case .throttled: .deferred(detail: detail, retryAfter: wait(answer, document, now), fault: .throttled)
    case .unavailable: .deferred(detail: detail, retryAfter: wait(answer, document, now), fault: .channel)
    case .later: .deferred(detail: detail, retryAfter: wait(answer, document, now), fault: .message)
    case .rejected: .rejected(detail: detail)
    case .sent: .sent(id: providerID(answer, document), detail: detail)
    }
  }

  /// Parsed only where a rule asks for it.
  private func document(of answer: WebAnswer) -> JSONValue? {
    let asks =
      retryAfter != nil || rules.values.contains { $0.contains { $0.pointer != nil } }
      || { if case .pointer? = id { true } else { false } }()
    guard asks, !answer.body.isEmpty else { return nil }
    do throws(JSONError) { return try JSONValue(parsing: answer.body) } catch { return nil }
  }

  private func providerID(_ answer: WebAnswer, _ document: JSONValue?) -> String {
    let found: String? =
      switch id {
      case .pointer(let pointer): document.flatMap { pointer.value(in: $0)?.scalarText }
      case .header(let name): answer.header(name)
      case .after(let text): Self.word(behind: text, in: String(decoding: answer.body.prefix(4_096), as: UTF8.self))
      case nil: nil
      }
    return found?.prefix(scalars: Self.idScalarsMax) ?? ""
  }

  private static func word(behind text: String, in body: String) -> String? {
    guard let place = body.firstRange(of: text) else { return nil }
    let word = body[place.upperBound...].drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != "," && $0 != ";" }
    return word.isEmpty ? nil : String(word)
  }

  /// The longer of what the header and the body say.
  private func wait(_ answer: WebAnswer, _ document: JSONValue?, _ now: Instant) -> TimeSpan? {
    let byHeader = RetryAfter.span(answer.header("retry-after"), now: now)
    guard let retryAfter, let document, let text = retryAfter.value(in: document)?.scalarText,
      let number = Double(text), number >= 0
    else { return byHeader }
    let milliseconds = min(number * retryAfterUnitMilliseconds, Double(RetryAfter.most.milliseconds))
    let byBody = TimeSpan(milliseconds: Int64(milliseconds))
    return byHeader.map { max($0, byBody) } ?? byBody
  }
}

extension AnswerRules.Rule {
  func takes(_ answer: WebAnswer, _ document: JSONValue?) -> Bool {
    guard statuses.isEmpty || statuses.contains(where: { $0.contains(answer.status) }) else { return false }
    if let contains {
      guard String(decoding: answer.body, as: UTF8.self).contains(contains) else { return false }
    }
    guard let pointer else { return true }
    guard let value = document.flatMap({ pointer.value(in: $0) }), value != .null else { return false }
    guard !anyOf.isEmpty else { return true }
    return value.scalarText.map(anyOf.contains) ?? false
  }
}
