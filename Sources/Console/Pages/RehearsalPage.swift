import RoostCore

/// What a rehearsal found.
public struct RehearsalPage: Page {
  public struct Journey: Sendable {
    public var key: String
    public var isDraft: Bool
    public var entries: Int
    public var people: Int
    public var heldOut: Int
    public var finished: Int
    public var goals: Int
    public var exited: Int
    public var insideAtEnd: Int

    public init(
      key: String, isDraft: Bool, entries: Int, people: Int, heldOut: Int, finished: Int, goals: Int, exited: Int,
      insideAtEnd: Int
    ) {
      self.key = key
      self.isDraft = isDraft
      self.entries = entries
      self.people = people
      self.heldOut = heldOut
      self.finished = finished
      self.goals = goals
      self.exited = exited
      self.insideAtEnd = insideAtEnd
    }
  }

  /// One step's messages.
  public struct Step: Sendable {
    /// `journey/step`.
    public var name: String
    public var sent: Int
    /// By reason, as the interface names them.
    public var notSent: [(reason: String, count: Int)]

    public init(name: String, sent: Int, notSent: [(reason: String, count: Int)]) {
      self.name = name
      self.sent = sent
      self.notSent = notSent
    }
  }

  public struct Between: Sendable {
    public var journey: String
    public var from: String
    public var to: String
    public var people: Int
    public var median: TimeSpan
    public var longest: TimeSpan

    public init(journey: String, from: String, to: String, people: Int, median: TimeSpan, longest: TimeSpan) {
      self.journey = journey
      self.from = from
      self.to = to
      self.people = people
      self.median = median
      self.longest = longest
    }
  }

  public struct Overlap: Sendable {
    public var journeys: [String]
    public var people: Int
    public var messages: Int

    public init(journeys: [String], people: Int, messages: Int) {
      self.journeys = journeys
      self.people = people
      self.messages = messages
    }
  }

  /// Two messages of which some people get the second first.
  public struct Order: Sendable {
    public var first: String
    public var second: String
    public var inOrder: Int
    public var reversed: Int

    public init(first: String, second: String, inOrder: Int, reversed: Int) {
      self.first = first
      self.second = second
      self.inOrder = inOrder
      self.reversed = reversed
    }
  }

  public struct Report: Sendable {
    public var people = 0
    public var events = 0
    public var sent = 0
    public var notSent = 0
    public var busiest: (at: Instant, sent: Int)?
    public var costs: [(amount: Micros, currency: String)] = []
    public var journeys: [Journey] = []
    public var steps: [Step] = []
    public var between: [Between] = []
    public var overlaps: [Overlap] = []
    public var orders: [Order] = []
    /// Messages of each day on which there are any.
    public var days: [(day: Instant, sent: Int)] = []
    public var openingsAssumed = 0
    public var notes: [String] = []
    public init() {}
  }

  public var row: RehearsalsPage.Row
  /// Why it failed.
  public var failure: String?
  /// `nil` until it is done.
  public var report: Report?

  public init(row: RehearsalsPage.Row, failure: String? = nil, report: Report?) {
    self.row = row
    self.failure = failure
    self.report = report
  }

  public var section: Section? { .journeys }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [
      Crumb(.phrase(.journeys), .journeys(workspace: frame.workspaceKey)),
      Crumb(.phrase(.rehearsals), .rehearsals(workspace: frame.workspaceKey)),
    ]
  }
  public func title(in frame: Frame) -> Title { .data(row.journeys.joined(separator: ", ")) }

  public func writeActions(into html: inout HTML, in frame: Frame) {
    guard case .running = row.state else { return }
    html.form(.rehearsalCancel(workspace: frame.workspaceKey, id: row.id), frame) { html in
      html("button", .class("plain-border"), .type("submit"), say: .cancelRehearsal)
    }
  }

  public func write(into html: inout HTML, in frame: Frame) {
    html.live("rehearsal") { html in
      html("p", .class("lead")) { html in
        html.rehearsalState(row.state)
        html.text(" ")
        html.date(row.from)
        html.text(" – ")
        html.date(row.to)
        if let failure {
          html.text(" ")
          html.data(failure, charactersMax: 400)
        }
      }
      if let report { write(report, into: &html, frame.workspaceKey) }
    }
  }

  private func write(_ report: Report, into html: inout HTML, _ workspace: String) {
    figures(report, into: &html)
    journeys(report, into: &html, workspace)
    if !report.days.isEmpty { days(report, into: &html) }
    if !report.steps.isEmpty { messages(report, into: &html) }
    if !report.orders.isEmpty { orders(report, into: &html) }
    if !report.between.isEmpty { between(report, into: &html) }
    if !report.overlaps.isEmpty { overlaps(report, into: &html) }
    if !report.notes.isEmpty {
      html.card(.goodToKnow) { html in
        for note in report.notes { html("p") { html in html.data(note, charactersMax: 600) } }
      }
    }
  }
}
