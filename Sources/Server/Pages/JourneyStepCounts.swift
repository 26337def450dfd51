import Console
import Journeys
import RoostCore

/// A journey's steps with how many people wait in each and how many went through it.
struct JourneyStepCounts {
  /// The journey's document, for conditions in their author's words.
  var document: JSONValue
  /// Both by the step's id.
  var waiting: [String: Int]
  var passed: [String: Int]

  func count(_ steps: [JourneyDefinition.Step]) -> [JourneyStep] {
    steps.map { step in
      JourneyStep(
        kind(of: step), waiting: waiting[step.id] ?? 0, passed: passed[step.id] ?? 0, arms: arms(of: step))
    }
  }

  private func kind(of step: JourneyDefinition.Step) -> JourneyStep.Kind {
    switch step.action {
    case .wait(let span): .wait(span)
    case .waitUntil(let time): .waitUntil(time.words)
    case .send(let send): .send(id: step.id, channel: send.words, template: send.templateWords)
    case .set(let trait, let value): .set(trait: trait, value: value)
    case .exit: .exit
    case .branch: .branch
    case .waitDate(let date): .waitDate(trait: date.trait)
    case .waitBestHour(let within): .waitBestHour(within: within)
    case .waitFor(let wait, _, _): .waitFor(event: wait.pattern.event, within: wait.window)
    case .split: .split
    case .webhook(let url, let template): .webhook(url: url, template: template)
    }
  }

  private func arms(of step: JourneyDefinition.Step) -> [JourneyStep.Arm] {
    switch step.action {
    case .branch(let cases):
      cases.map { .init(condition: authorWords($0.pointer + "/if"), steps: count($0.steps)) }
    case .split(let ways): ways.map { .init(.share, condition: $0.share.text, steps: count($0.steps)) }
    case .waitFor(_, let then, let other):
      [.init(.answered, condition: "", steps: count(then)), .init(condition: "", steps: count(other))]
    case .wait, .waitUntil, .waitDate, .waitBestHour, .send, .webhook, .set, .exit: []
    }
  }

  private func authorWords(_ pointer: String) -> String { document.at(pointer: pointer)?.authorWords ?? "" }
}

extension JourneyDefinition.Send {
  /// The channel, or those to choose from: `best: email, push`.
  fileprivate var words: String {
    choices.isEmpty ? channel : "\(channel): " + choices.map(\.channel).joined(separator: ", ")
  }

  fileprivate var templateWords: String {
    choices.isEmpty ? template : choices.map(\.template).joined(separator: ", ")
  }
}

extension ClockTime {
  /// `10:00`, `MON 10:00`.
  fileprivate var words: String {
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = weekday.map { Self.weekdayNames[$0] + " " } ?? ""
    return "\(day)\(twoDigits(minuteOfDay / 60)):\(twoDigits(minuteOfDay % 60))"
  }
}
