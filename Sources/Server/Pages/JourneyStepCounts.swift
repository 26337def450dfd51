import Console
import Journeys
import RoostCore

/// A journey's steps with how many people wait in each and how many went through it.
///
/// How many went through is known where a message was decided, since every run that comes by leaves one. All steps from
/// one wait to the next happen in one moment, so their numbers follow from each other. Where people can only be told
/// later, after further waits, the number is of those who have got there.
struct JourneyStepCounts {
  /// The journey's document, for conditions in their author's words.
  var document: JSONValue
  var waiting: [String: Int]
  /// Messages decided at the step with an id.
  var sent: (String) -> Int
  /// Entries and finished runs by the version that is shown; `nil` where other versions count along.
  var entered: Int?
  var finished: Int?

  func count(_ steps: [JourneyDefinition.Step]) -> [JourneyStep] {
    count(steps, arriving: entered, leaving: finished)
  }

  /// - Parameters:
  ///   - arriving: people who came to the first step, if that is known.
  ///   - leaving: people who went on behind the last one, if that is known.
  private func count(_ steps: [JourneyDefinition.Step], arriving: Int?, leaving: Int?) -> [JourneyStep] {
    var counted: [JourneyStep] = []
    var arriving = arriving
    for (index, step) in steps.enumerated() {
      let rest = steps[(index + 1)...]
      let known = arriving
      switch step.action {
      // Who came to a wait is not who went on from it.
      case .wait(let span): (counted, arriving) = add(.wait(span), step, nil, rest, leaving, to: counted)
      case .waitUntil(let time):
        (counted, arriving) = add(.waitUntil(time.words), step, nil, rest, leaving, to: counted)
      case .send(let channel, let template):
        let kind = JourneyStep.Kind.send(id: step.id, channel: channel, template: template)
        (counted, arriving) = add(kind, step, sent(step.id), rest, leaving, to: counted)
      case .set(let trait, let value):
        (counted, arriving) = add(.set(trait: trait, value: value), step, known, rest, leaving, to: counted)
      case .exit:
        (counted, arriving) = add(.exit, step, known, [], nil, to: counted)
      case .branch(let cases):
        let passed = known ?? through(cases) ?? 0
        let arms = cases.map { branchCase in
          JourneyStep.Arm(
            condition: document.at(pointer: branchCase.pointer + "/if")?.authorWords ?? "",
            steps: count(branchCase.steps, arriving: nil, leaving: nil))
        }
        counted.append(JourneyStep(.branch, waiting: waiting[step.id] ?? 0, passed: passed, arms: arms))
        arriving = nil
      }
    }
    return counted
  }

  private func add(
    _ kind: JourneyStep.Kind, _ step: JourneyDefinition.Step, _ known: Int?, _ rest: ArraySlice<JourneyDefinition.Step>,
    _ leaving: Int?, to counted: [JourneyStep]
  ) -> ([JourneyStep], arriving: Int?) {
    let passed = known ?? exactly(rest, leaving) ?? atLeast(rest, leaving)
    let isExact = known != nil || exactly(rest, leaving) != nil
    return (
      counted + [JourneyStep(kind, waiting: waiting[step.id] ?? 0, passed: passed)], isExact ? passed : nil
    )
  }

  /// People who came to the first of some steps, told by what happens there at once.
  private func exactly(_ steps: ArraySlice<JourneyDefinition.Step>, _ leaving: Int?) -> Int? {
    for step in steps {
      switch step.action {
      case .send: return sent(step.id)
      case .branch(let cases): return through(cases)
      case .set: continue
      case .wait, .waitUntil, .exit: return nil
      }
    }
    return leaving
  }

  /// People who came to a branch: the sum of its arms, if there is one for everybody.
  private func through(_ cases: [JourneyDefinition.Case]) -> Int? {
    guard cases.last?.condition == nil else { return nil }
    var sum = 0
    for branchCase in cases {
      guard let arm = exactly(branchCase.steps[...], nil) else { return nil }
      sum += arm
    }
    return sum
  }

  /// The greatest number of people who are known to have got further, with those who wait there.
  private func atLeast(_ steps: ArraySlice<JourneyDefinition.Step>, _ leaving: Int?) -> Int {
    var greatest = leaving ?? 0
    for step in steps {
      var here = waiting[step.id] ?? 0
      switch step.action {
      case .send: here = sent(step.id)
      case .branch(let cases):
        here = cases.reduce(0) { $0 + atLeast($1.steps[...], nil) }
      case .wait, .waitUntil, .set, .exit: break
      }
      greatest = max(greatest, here)
    }
    return greatest
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
