/// What a finding is about: stable, part of the interface. `docs/lint.md` explains each with an example and a remedy.
public enum LintCode: String, Sendable, Hashable, CaseIterable {
  /// The text is no YAML or JSON, or too large.
  case documentUnreadable = "document.unreadable"
  /// A field is wrong, or of a name that no journey has.
  case documentInvalid = "document.invalid"
  /// A segment, template, channel or journey that there is none of.
  case referenceMissing = "reference.missing"
  /// Two of the documents are about one journey.
  case documentTwice = "document.twice"

  /// A step goes out although a step that it must come after (`after:`) did not come before.
  case orderAfter = "order.after"
  /// A journey that another one started overtakes what that one has still to send.
  case orderOvertaken = "order.overtaken"
  /// A `waitFor` asks about a message that was not sent on this way.
  case waitForUnsent = "waitfor.unsent"
  case entryImpossible = "entry.impossible"
  case stepUnreachable = "step.unreachable"
  case waitEndless = "wait.endless"
  /// A personal date that somebody need not have told.
  case waitStuck = "wait.stuck"
  case loopEndless = "loop.endless"
  case exitDead = "exit.dead"
  case goalDead = "goal.dead"
  case goalSatisfied = "goal.satisfied"
  /// A cap or quiet hours swallow this message whenever it is due.
  case sendSwallowed = "send.swallowed"
  case sendRepeated = "send.repeated"
  /// Journeys compete for the places of one cap.
  case capShared = "cap.shared"
  case templateData = "template.data"
  /// A template reads what nothing in the workspace is called.
  case templateUnknown = "template.unknown"
  /// The search gave up before it had proved anything.
  case searchBounded = "search.bounded"

  public enum Severity: String, Sendable, Hashable, CaseIterable {
    /// Proved wrong; publication is refused.
    case error
    case warning
  }

  public var severity: Severity {
    switch self {
    case .documentUnreadable, .documentInvalid, .referenceMissing, .documentTwice, .orderAfter, .waitForUnsent,
      .entryImpossible, .waitEndless, .loopEndless, .sendSwallowed:
      .error
    case .stepUnreachable, .waitStuck, .orderOvertaken, .exitDead, .goalDead, .goalSatisfied, .sendRepeated, .capShared,
      .templateData, .templateUnknown, .searchBounded:
      .warning
    }
  }
}
