import RoostCore

/// One segment: who is in, by which rule, and why.
public struct SegmentPage: Page {
  public struct Member: Sendable {
    public var person: PersonName
    /// What made the person a member, one reason a condition.
    public var reasons: [String]

    public init(person: PersonName, reasons: [String]) {
      self.person = person
      self.reasons = reasons
    }
  }

  public var key: String
  public var name: String
  public var state: SegmentState
  public var count: Int
  public var people: Int
  public var changedAt: Instant?
  public var version: Int
  /// The definition as YAML or JSON text.
  public var definition: String
  /// Some of the members.
  public var sample: [Member]
  /// Keys of journeys that people enter from this segment.
  public var journeys: [String]

  public init(
    key: String, name: String, state: SegmentState, count: Int, people: Int, changedAt: Instant? = nil, version: Int,
    definition: String, sample: [Member], journeys: [String]
  ) {
    self.key = key
    self.name = name
    self.state = state
    self.count = count
    self.people = people
    self.changedAt = changedAt
    self.version = version
    self.definition = definition
    self.sample = sample
    self.journeys = journeys
  }

  public var section: Section? { .segments }
  public func title(in frame: Frame) -> Title { .data(name) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.segments), .segments(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.live("figures") { html in
      html("dl", .class("figures")) { html in
        html.figure(.people, count) { html in
          html.share(count, of: people)
          html.text(" ")
          html.say(.ofEverybody)
        }
        html("div") { html in
          html("dt", say: .state)
          html("dd") { html in html.segmentState(state) }
          if case .filling = state { html("dd", .class("hint"), say: .fillingHint) }
        }
        html("div") { html in
          html("dt", say: .lastChange)
          html("dd", .class("moment")) { html in
            if let changedAt { html.time(changedAt) } else { html.nothing() }
          }
        }
      }
    }
    html("div", .class("columns even")) { html in
      html("div") { html in members(into: &html, frame.workspaceKey) }
      html("div") { html in
        html.card(.definition) { html in
          html("p", .class("lead")) { html in
            html("code", data: key)
            html.text(" · v\(version)")
          }
          html.code(definition, .definition)
        }
        if !journeys.isEmpty { usedBy(into: &html, frame.workspaceKey) }
      }
    }
  }

  private func members(into html: inout HTML, _ workspace: String) {
    html.card(.someMembers) { html in
      guard !sample.isEmpty else { return html.empty(Section.people.drawing, .nobodyInside, .nobodyInsideHint) }
      html("ul", .class("runs")) { html in
        for member in sample {
          html("li") { html in
            html(
              "a", .class("strong"), .href(Route.person(workspace: workspace, id: member.person.id).link),
              data: member.person.label)
            for reason in member.reasons { html("small", data: reason) }
          }
        }
      }
    }
  }

  private func usedBy(into html: inout HTML, _ workspace: String) {
    html.card(.usedBy) { html in
      html("ul", .class("tags")) { html in
        for journey in journeys {
          html("li") { html in
            html("a", .href(Route.journey(workspace: workspace, key: journey).link), data: journey)
          }
        }
      }
    }
  }
}

extension Phrase {
  static let ofEverybody = Phrase("of everybody", "от всех")
  static let fillingHint = Phrase(
    "Until it is exact, no journey acts on it.", "Пока он не точен, сценарии на него не опираются.")
  static let someMembers = Phrase("Some of the members, and why", "Кто внутри и почему")
  static let definition = Phrase("Definition", "Определение")
  static let nobodyInside = Phrase("Nobody is in this segment", "В сегменте никого нет")
  static let nobodyInsideHint = Phrase(
    "People enter at the very moment the definition becomes true for them.",
    "Люди попадают сюда в тот момент, когда определение для них выполняется.")
  static let usedBy = Phrase("Journeys that start here", "Сценарии, что начинаются здесь")
}
