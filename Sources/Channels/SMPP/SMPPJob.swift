/// What is under way of one message: its parts and their answers. One message is one intent, however many parts it has.
///
/// The first part goes alone, so that what refuses a message refuses all of it. Afterwards
/// * all parts taken: `sent`;
/// * a later part refused for good: `rejected`, with how many parts were taken before;
/// * an answer missing (timed out, connection lost), or parts throttled beyond patience: `unknown`, for
///   somebody has a piece of the message, and sending it again would give it to them twice.
struct SMPPJob: Sendable {
  let parts: [SMPPMessage]
  /// The centre's names, by part.
  private(set) var ids: [String?]
  private(set) var unanswered = 0
  private(set) var tries: [Int]
  /// How it ends once nothing is unanswered.
  private var verdict: TransportOutcome?
  private var isSpread = false

  init(parts: [SMPPMessage]) {
    self.parts = parts
    ids = Array(repeating: nil, count: parts.count)
    tries = Array(repeating: 0, count: parts.count)
  }

  /// A part was taken.
  var hasBegun: Bool { ids.contains { $0 != nil } }
  /// Nothing of it was sent that could have arrived.
  var isUntouched: Bool { !hasBegun && unanswered == 0 && verdict == nil }
  /// No further part is worth sending.
  var isDecided: Bool { verdict != nil }

  mutating func sending(_ part: Int) {
    unanswered += 1
    tries[part] += 1
  }

  /// A part was taken.
  ///
  /// - Returns: the parts that may follow.
  mutating func taken(_ part: Int, id: String) -> Range<Int> {
    unanswered -= 1
    ids[part] = id
    guard !isSpread, verdict == nil else { return 0..<0 }
    isSpread = true
    return 1..<parts.count
  }

  /// A part was not taken, and may be later.
  mutating func returned() { unanswered -= 1 }

  /// A part was not taken and will not be.
  mutating func refused(_ outcome: TransportOutcome) {
    unanswered -= 1
    giveUp(outcome)
  }

  /// Nobody knows whether a part was taken.
  mutating func lost(_ detail: String) {
    unanswered -= 1
    if verdict == nil { verdict = .unknown(detail: "\(progress)\(detail)") }
  }

  /// Nothing more is tried. What was taken already makes the message a torso: `outcome` then says why.
  mutating func giveUp(_ outcome: TransportOutcome) {
    guard verdict == nil else { return }
    guard hasBegun || unanswered > 0 else {
      verdict = outcome
      return
    }
    switch outcome {
    case .rejected(let detail), .gone(let detail, _): verdict = .rejected(detail: "\(progress)\(detail)")
    default: verdict = .unknown(detail: "\(progress)\(outcome.detail)")
    }
  }

  private var progress: String {
    parts.count == 1 ? "" : "\(ids.count { $0 != nil }) of \(parts.count) parts were taken; then: "
  }

  /// The outcome, as soon as it is certain.
  var outcome: TransportOutcome? {
    guard unanswered == 0 else { return nil }
    if let verdict { return verdict }
    guard !ids.contains(nil) else { return nil }
    let names = ids.compactMap(\.self)
    return .sent(
      id: names.joined(separator: " "),
      detail: "taken\(parts.count == 1 ? "" : " in \(parts.count) parts") as \(names.joined(separator: ", "))")
  }
}
