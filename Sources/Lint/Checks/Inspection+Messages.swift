import Delivery
import Engine
import Journeys
import RoostCore

/// What is sent: with what data, how often, and whether it ever goes out.
extension Inspection {
  func inspectMessages() {
    for id in outline.order where reached.contains(id) {
      guard let step = outline.steps[id], case .send(let send) = step.action else { continue }
      inspectData(step, send.template, at: "/send/template")
      for choice in send.choices where choice.template != send.template {
        inspectData(step, choice.template, at: "/send/template/" + pointerToken(choice.channel))
      }
      inspectSwallowed(step)
    }
    inspectRepeated()
  }

  // MARK: Data

  private func inspectData(_ step: JourneyDefinition.Step, _ key: String, at pointer: String) {
    guard let template = world.engine.definitions.templates[key] else { return }
    inspectNames(step, key, template, at: pointer)
    let reads = template.reads.filter(\.isPersonal)
    guard !reads.isEmpty else { return }
    for telling in tellings {
      guard telling.messages.contains(where: { $0.step == step.id && $0.isMeantToGoOut }) else { continue }
      let missing = reads.filter { !isGiven($0, telling) }
      guard !missing.isEmpty else { continue }
      var known: Set<String> = []
      let names = missing.filter { known.insert($0.path).inserted }.prefix(4)
        .map { "{{ \($0.path) }} (\($0.place))" }.joined(separator: ", ")
      let consequence = template.isStrict ? "the message is not sent" : "the place stays empty"
      return report(
        .templateData, step.pointer + pointer,
        "the template \"\(key)\" shows \(names), which nobody on this way needs to have: \(consequence). "
          + "Write a default, such as | default: \"…\", or ask for it before: exists: true.",
        story: story(telling))
    }
  }

  private func isGiven(_ read: TemplateRead, _ telling: Telling) -> Bool {
    let parts = read.path.split(separator: ".", maxSplits: 2)
    let name = String(parts[1])
    if parts[0] == "event" { return telling.stage.triggerProperty(name, journey.key) != nil }
    // Without an address nothing is sent, so that whoever gets it has one.
    return name == "id" || name == "user_id" || telling.stage.trait(name) != nil
  }

  /// Names that nothing in the workspace goes by: most often a slip of the pen.
  private func inspectNames(
    _ step: JourneyDefinition.Step, _ key: String, _ template: CompiledTemplate, at pointer: String
  ) {
    guard let names = library.input.knownNames else { return }
    let known = Set(names)
    let unknown = template.unknownReads(names: names) { known.contains($0) || world.symbols.find($0) != nil }
    guard !unknown.isEmpty else { return }
    report(
      .templateUnknown, step.pointer + pointer,
      "the template \"\(key)\" reads "
        + unknown.prefix(4).map { "{{ \($0.read.path) }} (\($0.read.place)): \($0.detail)" }.joined(separator: "; "))
  }

  // MARK: Repetition

  private static let repetitionWindow = TimeSpan.hours(24)

  /// The same template twice within a day to one person on one way.
  private func inspectRepeated() {
    var known: Set<String> = []
    for telling in tellings {
      let sent = telling.messages.filter(\.isMeantToGoOut)
      for (index, message) in sent.enumerated() {
        guard
          let before = sent[..<index].first(where: {
            $0.template == message.template && $0.channel == message.channel && $0.step != message.step
              && message.createdAt - $0.createdAt < Self.repetitionWindow
          }), known.insert(message.step).inserted
        else { continue }
        report(
          .sendRepeated, pointer(message.step) + "/send",
          "\"\(message.step)\" sends the template \"\(message.template)\" \(spanWords(message.createdAt - before.createdAt)) "
            + "\"\(before.step)\" has sent it to the same person. Leave one out, or wait longer between them.",
          story: story(telling))
      }
    }
  }

  private func spanWords(_ span: TimeSpan) -> String {
    span.milliseconds == 0 ? "in the same moment in which" : "\(span.text) after"
  }

  // MARK: Swallowed

  /// Everything in policies comes again each week: hours of the day and days of the week, tried one by one.
  private static let hours = 7 * 24

  private func inspectSwallowed(_ step: JourneyDefinition.Step) {
    let own = tellings.filter { telling in telling.messages.contains { $0.step == step.id } }
    guard let first = own.first, own.allSatisfy({ isSwallowed(step.id, in: $0) }) else { return }
    budget.renew()
    switch isEverSent(step.id) {
    case true?: return
    case nil: return reportOpen(step.pointer, "that \"\(step.id)\" is ever sent")
    case false?: break
    }
    let reason = first.messages.last { $0.step == step.id }?.reason == .quietHours ? "quiet hours" : "a frequency cap"
    report(
      .sendSwallowed, step.pointer,
      "\"\(step.id)\" is never sent: whenever people come to it, \(reason) swallows it. Move it, let it wait (hold), or "
        + "change the policy.",
      story: story(first, steps: first.visited))
  }

  /// Ways to a message that are tried before it counts as swallowed on all of them.
  private static let waysMax = 24

  /// On every way, with answers that come at once and at the last moment, at every hour of a week. `nil`: too much to try.
  private func isEverSent(_ step: String) -> Bool? {
    var finder = RouteFinder(outline, through: step)
    var ways = 0
    while let whole = finder.next(), let place = whole.stops.firstIndex(where: { $0.step.id == step }) {
      ways += 1
      budget.renew()
      guard ways <= Self.waysMax else { return nil }
      var route = whole
      route.stops.removeSubrange((place + 1)...)
      for answersLate in [false, true] {
        var explorer = explorer
        explorer.answersLate = answersLate
        switch explorer.tell(route, until: step) {
        case .gaveUp: return nil
        case .failed: continue
        case .told(let telling):
          guard let isSent = isSent(step, in: telling) else { return nil }
          if isSent { return true }
        }
      }
      finder.turnAway(at: place, of: whole)
    }
    return false
  }

  /// Whether the message goes out in this story or in the same one at another hour; `nil`: the budget is used up.
  private func isSent(_ step: String, in telling: Telling) -> Bool? {
    for shift in 0..<Self.hours {
      guard let other = retell(telling, laterBy: .hours(Int64(shift))) else { return nil }
      if other.messages.contains(where: { $0.step == step && $0.isMeantToGoOut }) { return true }
    }
    return false
  }

  private func isSwallowed(_ step: String, in telling: Telling) -> Bool {
    telling.messages.contains { $0.step == step && $0.isSwallowed }
      && !telling.messages.contains { $0.step == step && $0.isMeantToGoOut }
  }

  /// The same story some time later in the week; `nil` if the budget is used up.
  private func retell(_ telling: Telling, laterBy shift: TimeSpan) -> Telling? {
    var stage = Stage(world, person: telling.stage.person, at: library.start)
    for var input in telling.stage.inputs {
      input.at = input.at + shift
      guard stage.make(input, budget: budget) else { return nil }
    }
    guard stage.advance(to: telling.stage.now + shift, budget: budget) else { return nil }
    return Telling(stage: stage, journey: journey.key, entry: telling.entry, route: telling.route)
  }
}

extension TemplateRead {
  /// A trait or a property: what one person has and another has not.
  fileprivate var isPersonal: Bool {
    let parts = path.split(separator: ".", maxSplits: 2)
    return parts.count > 1 && (parts[0] == "person" || parts[0] == "event")
  }
}
