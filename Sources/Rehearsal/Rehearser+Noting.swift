import Delivery
import Engine
import Journeys
import Profiles
import RoostCore

extension Rehearser {
  /// Follows a run from step to step.
  func note(_ move: JourneyMove, _ life: Int, at now: Instant, counts: Bool) {
    guard let journey = plan.index(of: move.journey) else { return }
    let rehearsed = plan.journeys[journey]
    let place = notes.positions.firstIndex {
      $0.life == life && $0.journey == journey && $0.entry == move.entry
    }
    let isInside = move.phase == .running
    let to = isInside ? rehearsed.step(move.to, of: move.version) : nil
    if let place, let from = notes.positions[place].step {
      if counts {
        // Somebody who came before the period is counted from its beginning.
        figures.depart(journey, from, at: now)
        if let to { figures.noteSpan(journey, from, to, now - notes.positions[place].since) }
      }
    }
    if counts, let to { figures.arrive(journey, to, at: now) }
    if isInside, move.from == nil, move.to == nil {
      if counts { noteEntry(journey) }
      notes.positions.append(.init(journey: journey, entry: move.entry, life: life, step: nil, since: now))
    } else if isInside {
      if let place {
        notes.positions[place].step = to
        notes.positions[place].since = now
      } else {
        notes.positions.append(.init(journey: journey, entry: move.entry, life: life, step: to, since: now))
      }
    } else {
      if let place { notes.positions.remove(at: place) }
      // Being held out is entering and leaving in one.
      if counts, move.phase == .heldOut { noteEntry(journey) }
      if counts { figures.noteEnd(journey, move) }
    }
  }

  private func noteEntry(_ journey: Int) {
    let isFirst = !notes.entered.contains(journey)
    if isFirst { notes.entered.append(journey) }
    figures.noteEntry(journey, isFirst: isFirst)
  }

  /// Keeps a message, or what became of one that was held.
  func note(_ record: MessageRecord, _ life: Int, at now: Instant) {
    let channel = plan.place(ofName: record.channel)
    let template = plan.place(ofName: record.template)
    if let known = notes.messages.firstIndex(where: { $0.id == record.id }) {
      notes.messages[known].take(record, channel: channel, template: template)
    } else {
      guard let symbol = plan.symbols.find(record.journey), let journey = plan.index(of: symbol),
        let step = plan.journeys[journey].step(named: record.step)
      else { return }
      let entry = notes.positions.last { $0.journey == journey && $0.life == life }?.entry ?? entry(life, symbol)
      notes.messages.append(
        RehearsedMessage(
          record, of: record.person, journey: journey, step: step, entry: entry, channel: channel, template: template))
    }
    if record.status == .scheduled { assume(record, life, at: now) }
  }

  private func entry(_ life: Int, _ journey: Symbol) -> UInt32 {
    lives[life].state.runs.last { $0.journey == journey }?.entries ?? 0
  }

  /// Draws what the person does with a message of a draft.
  private func assume(_ record: MessageRecord, _ life: Int, at now: Instant) {
    guard case .rates(let rates) = plan.assumption, let symbol = plan.symbols.find(record.journey),
      let journey = plan.index(of: symbol), plan.journeys[journey].isDraft
    else { return }
    let type = plan.base.definitions.channel(for: record.channel)?.kind.rawValue ?? record.channel
    guard let kind = ChannelKind(channelType: type), let rate = rates[kind], let names = plan.engagement.byChannel[kind]
    else { return }
    // One draw for both: whoever clicks is one of those who open.
    let draw = Int(mix64(record.id.low ^ mix64(record.id.high ^ plan.seed)) % 1_000_000)
    guard draw < rate.opened else { return }
    func add(_ name: Symbol, _ at: Instant) {
      let act = AssumedAct(at: at, name: name, message: record.id, journey: record.journey, step: record.step)
      let place = lives[life].assumed.firstIndex { $0.at > at } ?? lives[life].assumed.count
      lives[life].assumed.insert(act, at: place)
    }
    add(names.opened, now + rate.after)
    let clicks = draw < rate.clicked
    if clicks { add(names.clicked, now + rate.after + .minutes(1)) }
    figures.noteAssumed(opened: 1, clicked: clicks ? 1 : 0)
  }

  /// The end of a person: what was kept about them is counted.
  func close(_ person: PersonID) {
    figures.notePerson()
    for life in lives where !life.isGone {
      for run in life.state.runs where run.phase == .running {
        if let journey = plan.index(of: run.journey) { figures.noteInsideAtEnd(journey) }
      }
    }
    notes.messages.sort { ($0.scheduledAt, $0.createdAt, $0.id) < ($1.scheduledAt, $1.createdAt, $1.id) }
    for place in notes.messages.indices {
      notes.messages[place].person = person
      figures.add(notes.messages[place])
    }
    figures.noteOverlaps(entered: notes.entered, messages: notes.messages)
    messages.append(contentsOf: notes.messages)
  }
}

extension RehearsalFigures {
  mutating func notePerson() { people += 1 }
  mutating func noteEvents(_ count: Int) { events += count }
  mutating func noteLeftOut() { engagementsLeftOut += 1 }
  mutating func noteAbandoned() { abandoned += 1 }
  mutating func noteInside(_ journey: Int) { journeys[journey].insideAtStart += 1 }
  mutating func noteInsideAtEnd(_ journey: Int) { journeys[journey].insideAtEnd += 1 }

  mutating func noteEntry(_ journey: Int, isFirst: Bool) {
    journeys[journey].entries += 1
    if isFirst { journeys[journey].people += 1 }
  }

  mutating func noteSpan(_ journey: Int, _ from: Int, _ to: Int, _ span: TimeSpan) {
    journeys[journey].spans[StepPlaces(from: from, to: to), default: SpanHistogram()].add(span)
  }

  mutating func noteAssumed(opened: Int, clicked: Int) {
    openingsAssumed += opened
    clicksAssumed += clicked
  }

  mutating func noteEnd(_ journey: Int, _ move: JourneyMove) {
    switch move.phase {
    case .running: break
    case .finished: journeys[journey].finished += 1
    case .exited:
      journeys[journey].exited[move.reason?.text ?? "unknown", default: 0] += 1
      if move.reason == .goal { journeys[journey].goals += 1 }
    case .heldOut: journeys[journey].heldOut += 1
    }
  }

  /// Who was in two journeys, whose messages came close together, and which message came first.
  mutating func noteOverlaps(entered: [Int], messages: [RehearsedMessage]) {
    if entered.count > 1 {
      let entered = entered.sorted()
      for (place, a) in entered.enumerated() {
        for b in entered[(place + 1)...] { overlaps[Pair(a: a, b: b), default: Overlap()].people += 1 }
      }
    }
    var seen: [StepPlace] = []
    for (place, message) in messages.enumerated() where message.status == .sent {
      noteNeighbours(of: place, in: messages)
      let step = StepPlace(journey: Int(message.journey), step: Int(message.step))
      guard !seen.contains(step) else { continue }
      for earlier in seen { orders[StepPair(first: earlier, second: step), default: 0] += 1 }
      if seen.count < Self.orderedStepsMax { seen.append(step) }
    }
  }

  /// Of one person's different messages only so many firsts are put in relation to each other.
  static let orderedStepsMax = 32

  private mutating func noteNeighbours(of place: Int, in messages: [RehearsedMessage]) {
    let message = messages[place]
    var met: [UInt16] = []
    for earlier in messages[..<place].reversed() where earlier.status == .sent {
      guard message.scheduledAt - earlier.scheduledAt < .days(1) else { break }
      guard earlier.journey != message.journey, !met.contains(earlier.journey) else { continue }
      met.append(earlier.journey)
      let pair = Pair(
        a: Int(min(earlier.journey, message.journey)), b: Int(max(earlier.journey, message.journey)))
      overlaps[pair, default: Overlap()].messages += 1
    }
  }
}
