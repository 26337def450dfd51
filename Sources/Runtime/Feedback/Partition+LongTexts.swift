import Channels
import Delivery
import Engine
import Events
import Profiles
import RoostCore
import Storage

/// Text messages in several parts become one event. A part is durable before its centre is told that it was taken: a centre
/// that sends one message at a time would wait for ever if the answer waited for the rest.
extension Partition {
  /// Takes a part; durable when this returns. One that came before changes nothing.
  ///
  /// - Returns: whether it shows that the message ends marketing.
  func take(
    _ part: SMPPTextPart, by channel: ChannelRef, stopWords: [String]
  ) throws(Problem) -> Bool {
    if let failure { throw failure }
    let key = HeldText.Key(workspace: channel.workspace, channel: channel.key, name: part.of)
    if var known = texts[key] {
      switch known.text.add(known.isHandedOn ? part.part.fingerprint : part.part, number: part.number) {
      case .repeated: return known.isStop
      case .added: return try keepOrHandOn(known, stopWords)
      case .another: try handOn(known, stopWords, isOver: true)
      }
    }
    quarantineNumber += 1
    var text = HeldText(number: quarantineNumber, channel, since: now(), part.of)
    _ = text.text.add(part.part, number: part.number)
    return try keepOrHandOn(text, stopWords)
  }

  private func keepOrHandOn(_ text: HeldText, _ stopWords: [String]) throws(Problem) -> Bool {
    var text = text
    text.isStop = WrittenText(text.text).isStop(stopWords)
    if text.text.isWhole {
      try handOn(text, stopWords, isOver: false)
    } else {
      try commit(EventSubmission(text.workspace, kept: [text]))
    }
    return text.isStop
  }

  /// Records the event that a message is, in the same commit as that it is handed on.
  ///
  /// - Parameter isOver: it is to be forgotten; else its fingerprint stays.
  private func handOn(_ text: HeldText, _ stopWords: [String], isOver: Bool) throws(Problem) {
    var handedOn = text
    handedOn.text = text.text.fingerprint
    handedOn.isHandedOn = true
    guard !text.isHandedOn, let symbols = keys.symbols(text.workspace) else {
      return try commit(EventSubmission(text.workspace, over: [text.number]))
    }
    let written = WrittenText(text.text)
    let isStop = written.isStop(stopWords)
    let call = written.call(by: text.channel, isStop: isStop) { _ in "long-\(text.number)" }
    var submission = try EventSubmission(call, text.workspace, symbols, at: now()) { _ in }
    submission.texts = isOver ? ([], [text.number]) : ([handedOn], [])
    try commit(submission)
  }

  private func commit(_ submission: EventSubmission) throws(Problem) {
    handle([submission])
    if let failure { throw failure }
  }

  /// Hands on what has waited long enough. `true` if there was anything.
  func handOnTexts() -> Bool {
    guard failure == nil, let due = texts.nextDue, due <= now(), let text = texts.next else { return false }
    let words = stopWords(ChannelRef(workspace: text.workspace, key: text.channel))
    do throws(Problem) {
      try handOn(text, words, isOver: true)
      let written = WrittenText(text.text)
      if !text.isHandedOn, text.isStop, let person = try writer(written.phone, text.workspace, unlessEnded: true) {
        take([.init(feedback: .stop(text.workspace, person), completion: nil)])
      }
    } catch {
      logger.warning(
        "a text message that came in part could not be recorded",
        metadata: ["channel": .string(text.channel), "cause": .string(error.message)])
      forgetQuarantined(text.workspace, text.number)
    }
    return true
  }

  private func stopWords(_ channel: ChannelRef) -> [String] {
    guard case .smpp(let settings)? = compiled[channel.workspace]?.definitions.channels[channel.key]?.settings else {
      return SMPPChannel.stopWords
    }
    return settings.stopWords
  }

  /// Who has this number; `nil` for nobody.
  ///
  /// - Parameter unlessEnded: and for who has ended marketing by text message already.
  func writer(_ phone: String, _ workspace: WorkspaceID, unlessEnded: Bool) throws(Problem) -> PersonID? {
    guard let value = IdentifierRules.current.normalize(.phone, phone), let symbols = symbols[workspace] else {
      return nil
    }
    let state: PersonState
    do throws(Problem) { state = try person(workspace, .identifier(.phone, value)) } catch {
      guard error.code == .notFound else { throw error }
      return nil
    }
    let purpose = symbols.find("marketing.\(ChannelKind.sms.rawValue)")
    let hasEnded = purpose.flatMap { state.consent($0) }?.isGranted == false
    return unlessEnded && hasEnded ? nil : state.id
  }

  // Log and store

  func recordTexts(_ submissions: [EventSubmission], _ header: RecordHeader) {
    guard submissions.contains(where: { !$0.texts.kept.isEmpty || !$0.texts.over.isEmpty }) else { return }
    systemRecord(header) { bytes in
      for submission in submissions {
        for text in submission.texts.kept {
          var encoded: [UInt8] = []
          text.encode(into: &encoded)
          bytes.appendLongText(encoded)
        }
        for number in submission.texts.over { bytes.appendQuarantineCleared(submission.workspace, number: number) }
      }
    }
  }

  /// Once the log has it: what the store forgets here must not come back by a crash, nor be lost by one.
  func keepTexts(_ submissions: [EventSubmission]) throws(Problem) {
    for submission in submissions where !submission.texts.kept.isEmpty || !submission.texts.over.isEmpty {
      try writeGathered()
      for text in submission.texts.kept {
        put(text)
        texts.keep(text, due: text.since + HeldTexts.waits)
      }
      for number in submission.texts.over { forgetQuarantined(submission.workspace, number) }
    }
  }

  func put(_ text: HeldText) {
    var record: [UInt8] = []
    text.encode(into: &record)
    var batch = StateBatch()
    batch.put(StoreKeys.longText(text.workspace, text.number), record)
    write(batch)
  }

  /// What is held, at a start. The time in which nobody could hear the centre does not count.
  func loadTexts() throws(Problem) {
    var found: [HeldText] = []
    do {
      try store.scan(.prefix([StoreKeys.longText])) { _, value in
        var reader = ByteReader(value)
        found.append(try HeldText(decoding: &reader))
        return true
      }
    } catch { throw Problem(.unavailable, "the text messages of which parts have come cannot be read: \(error)") }
    let earliest = now() + HeldTexts.waitsAfterStart
    for text in found.sorted(by: { $0.number < $1.number }) {
      texts.keep(text, due: max(text.since + HeldTexts.waits, earliest))
    }
  }
}

extension EventSubmission {
  /// No event, but text messages that wait or that are over.
  fileprivate init(_ workspace: WorkspaceID, kept: [HeldText] = [], over: [UInt64] = []) {
    self.init(workspace: workspace, records: [], count: 0, quarantined: []) { _ in }
    texts = (kept, over)
  }
}

extension MessageFeedback {
  /// Somebody ended marketing by a text message.
  static func stop(_ workspace: WorkspaceID, _ person: PersonID) -> MessageFeedback {
    MessageFeedback(
      workspace: workspace, person: person, message: nil,
      news: .answered(["marketing.\(ChannelKind.sms.rawValue)": false], source: "sms"), kind: .sms)
  }
}
