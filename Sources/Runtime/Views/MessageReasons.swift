import Delivery
import RoostCore

/// What a message's page shows of its reasons. Messages of earlier versions have sentences, which are taken apart.
package struct MessageReasons: Sendable, Equatable {
  /// How often the person had entered the journey, this time included; 0 if it is not said.
  package var entry = 0
  package var enteredAt: Instant?
  /// The event that started the run.
  package var event: String?
  package var eventAt: Instant?
  package var consent: ConsentView?

  /// All that was kept; `nil` for a message of an earlier version.
  package var decision: DecisionReasons?
  /// What such a message has instead.
  package var sentences: [String] = []

  init(_ message: MessageRecord) {
    self.init(message.why)
    guard let reasons = message.reasons else { return }
    decision = reasons
    entry = message.journey.isEmpty ? 0 : Int(message.entry)
    enteredAt = reasons.enteredAt
    event = reasons.trigger?.event
    eventAt = reasons.trigger?.at
    consent = reasons.consent.map {
      ConsentView(
        purpose: $0.purpose, isGranted: $0.isGranted, at: $0.at, source: $0.source, textVersion: $0.textVersion)
    }
  }

  init(_ sentences: [String]) {
    self.sentences = sentences
    for sentence in sentences {
      if sentence.hasPrefix("journey ") { readEntry(sentence) }
      if sentence.hasPrefix("triggered by ") { readTrigger(sentence.dropFirst(13)) }
      if sentence.hasPrefix("consent ") { consent = Self.consent(sentence.dropFirst(8)) }
    }
  }

  /// `journey K, version 1, step S, entry 2 of TIME`
  private mutating func readEntry(_ sentence: String) {
    guard let start = sentence.lastRange(of: ", entry ") else { return }
    let words = sentence[start.upperBound...].split(separator: " ")
    guard words.count == 3, words[1] == "of" else { return }
    entry = Int(words[0]) ?? 0
    enteredAt = Instant(iso8601: String(words[2]))
  }

  /// `NAME (MESSAGE ID) of TIME`
  private mutating func readTrigger(_ text: Substring) {
    guard let of = text.lastRange(of: ") of "), let open = text[..<of.lowerBound].lastRange(of: " (") else { return }
    event = String(text[..<open.lowerBound])
    eventAt = Instant(iso8601: String(text[of.upperBound...]))
  }

  /// `PURPOSE given at TIME by SOURCE, text VERSION`
  private static func consent(_ text: Substring) -> ConsentView? {
    for (word, isGranted) in [(" given at ", true), (" refused at ", false)] {
      guard let verb = text.firstRange(of: word), let by = text[verb.upperBound...].firstRange(of: " by "),
        let at = Instant(iso8601: String(text[verb.upperBound..<by.lowerBound]))
      else { continue }
      var source = text[by.upperBound...]
      var version: Substring = ""
      if let comma = source.lastRange(of: ", text ") {
        version = source[comma.upperBound...]
        source = source[..<comma.lowerBound]
      }
      return ConsentView(
        purpose: String(text[..<verb.lowerBound]), isGranted: isGranted, at: at, source: String(source),
        textVersion: String(version))
    }
    return nil
  }
}

extension StringProtocol {
  /// Where `words` stand for the last time.
  fileprivate func lastRange(of words: String) -> Range<String.Index>? { ranges(of: words).last }
}
