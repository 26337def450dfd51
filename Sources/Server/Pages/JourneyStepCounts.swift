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
    case .send(let channel, let template): .send(id: step.id, channel: channel, template: template)
    case .set(let trait, let value): .set(trait: trait, value: value)
    case .exit: .exit
    case .branch: .branch
    }
  }

  private func arms(of step: JourneyDefinition.Step) -> [JourneyStep.Arm] {
    guard case .branch(let cases) = step.action else { return [] }
    return cases.map { branchCase in
      JourneyStep.Arm(
        condition: document.at(pointer: branchCase.pointer + "/if")?.authorWords ?? "", steps: count(branchCase.steps))
    }
  }
}

extension ClockTime {
  /// `10:00`, `MON 10:00`, with the zone where it is not UTC.
  fileprivate var words: String {
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = weekday.map { Self.weekdayNames[$0] + " " } ?? ""
    let clock = "\(twoDigits(minuteOfDay / 60)):\(twoDigits(minuteOfDay % 60))"
    guard offsetMinutes != 0 else { return day + clock }
    return "\(day)\(clock) UTC\(offsetMinutes > 0 ? "+" : "−")\(offsetMinutes.magnitude / 60)"
  }
}
