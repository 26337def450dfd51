import RoostCore

/// Everything known of one person.
public struct PersonPage: Page {
  public struct IdentifierRow: Sendable {
    /// `user`, `email`, `phone`, `anonymous`, `device` or a kind of the workspace's own.
    public var kind: String
    public var value: String

    public init(kind: String, value: String) {
      self.kind = kind
      self.value = value
    }
  }

  public struct TraitRow: Sendable {
    public var name: String
    public var value: Value
    public var changedAt: Instant

    public init(name: String, value: Value, changedAt: Instant) {
      self.name = name
      self.value = value
      self.changedAt = changedAt
    }
  }

  public struct OrdersRow: Sendable {
    /// ISO 4217.
    public var currency: String
    public var orders: Int
    public var refunds: Int
    public var revenue: Micros
    public var refunded: Micros
    public var firstAt: Instant
    public var lastAt: Instant

    public init(
      currency: String, orders: Int, refunds: Int, revenue: Micros, refunded: Micros, firstAt: Instant, lastAt: Instant
    ) {
      self.currency = currency
      self.orders = orders
      self.refunds = refunds
      self.revenue = revenue
      self.refunded = refunded
      self.firstAt = firstAt
      self.lastAt = lastAt
    }
  }

  public struct SegmentRow: Sendable {
    public var key: String
    public var name: String

    public init(key: String, name: String) {
      self.key = key
      self.name = name
    }
  }

  public struct JourneyRow: Sendable {
    public var key: String
    public var name: String
    public var phase: RunPhase
    public var version: Int
    /// The step where the person waits; "" where nobody waits.
    public var step: String
    public var enteredAt: Instant
    /// When the run goes on by itself.
    public var dueAt: Instant?

    public init(
      key: String, name: String, phase: RunPhase, version: Int, step: String, enteredAt: Instant, dueAt: Instant? = nil
    ) {
      self.key = key
      self.name = name
      self.phase = phase
      self.version = version
      self.step = step
      self.enteredAt = enteredAt
      self.dueAt = dueAt
    }
  }

  public enum RunPhase: String, CaseIterable, Sendable {
    case running, finished, exited
    /// Entered and gets nothing, so that the journey's effect can be measured.
    case heldOut
  }

  public var person: PersonName
  public var createdAt: Instant
  public var lastSeenAt: Instant
  /// How many other profiles were merged into this one.
  public var merged: Int
  public var identifiers: [IdentifierRow]
  public var traits: [TraitRow]
  public var consents: [ConsentReceipt]
  public var orders: [OrdersRow]
  public var segments: [SegmentRow]
  public var journeys: [JourneyRow]
  /// The latest messages, newest first.
  public var messages: [MessageRow]
  public var timeline: Timeline

  public init(
    person: PersonName, createdAt: Instant, lastSeenAt: Instant, merged: Int, identifiers: [IdentifierRow],
    traits: [TraitRow], consents: [ConsentReceipt], orders: [OrdersRow], segments: [SegmentRow],
    journeys: [JourneyRow], messages: [MessageRow], timeline: Timeline
  ) {
    self.person = person
    self.createdAt = createdAt
    self.lastSeenAt = lastSeenAt
    self.merged = merged
    self.identifiers = identifiers
    self.traits = traits
    self.consents = consents
    self.orders = orders
    self.segments = segments
    self.journeys = journeys
    self.messages = messages
    self.timeline = timeline
  }

  public var section: Section? { .people }
  public func title(in frame: Frame) -> Title { .data(person.label) }
  public func crumbs(in frame: Frame) -> [Crumb] {
    [Crumb(.phrase(.people), .people(workspace: frame.workspaceKey))]
  }

  public func write(into html: inout HTML, in frame: Frame) {
    let key = frame.workspaceKey
    html("div", .class("columns")) { html in
      html("div") { html in
        timeline.write(into: &html, Route.person(workspace: key, id: person.id).link)
        if !messages.isEmpty {
          html.card(.messages) { html in
            html.messageTable(messages, key, withPerson: false)
            html("p", .class("more")) { html in
              html("a", .href(Route.messages(workspace: key).link.adding("person", person.id)), say: .seeAll)
            }
          }
        }
      }
      html("div") { html in
        identity(into: &html)
        ordersCard(into: &html)
        traitsCard(into: &html)
        html.consentCard(consents)
        memberships(into: &html, key)
      }
    }
  }

  private func identity(into html: inout HTML) {
    html.card(.identity) { html in
      html("dl", .class("facts")) { html in
        for identifier in identifiers {
          html("div") { html in
            html("dt") { html in html.identifierKind(identifier.kind) }
            html("dd", data: identifier.value)
          }
        }
        html.fact(.personID) { html in html("code", data: person.id) }
        html.fact(.known) { html in html.time(createdAt) }
        html.fact(.lastSeen) { html in html.time(lastSeenAt) }
        if merged > 0 { html.fact(.mergedProfiles) { html in html.number(merged) } }
      }
    }
  }

  private func ordersCard(into html: inout HTML) {
    guard !orders.isEmpty else { return }
    html.card(.orders) { html in
      for row in orders {
        html("dl", .class("facts")) { html in
          html.fact(.recency) { html in
            html.say(max(0, Int((html.reader.now - row.lastAt).milliseconds / 86_400_000)), .days)
          }
          html.fact(.frequency) { html in html.number(row.orders) }
          html.fact(.monetary) { html in html.amount(row.revenue, currency: row.currency) }
          if row.orders > 0 {
            html.fact(.averageOrder) { html in
              html.amount(Micros(count: row.revenue.count / Int64(row.orders)), currency: row.currency)
            }
          }
          if row.refunds > 0 {
            html.fact(.refunds) { html in
              html.number(row.refunds)
              html.text(" · ")
              html.amount(row.refunded, currency: row.currency)
            }
          }
          html.fact(.firstOrder) { html in html.date(row.firstAt) }
          html.fact(.lastOrder) { html in html.date(row.lastAt) }
        }
      }
    }
  }

  private func traitsCard(into html: inout HTML) {
    html.card(.traits, count: traits.count) { html in
      guard !traits.isEmpty else { return html("p", .class("lead"), say: .noTraits) }
      html("dl", .class("facts")) { html in
        for trait in traits {
          html("div") { html in
            html("dt", data: trait.name)
            html("dd") { html in
              html.value(trait.value)
              html("small") { html in html.time(trait.changedAt) }
            }
          }
        }
      }
    }
  }
}
