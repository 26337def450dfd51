import RoostCore

/// What a person did, newest first.
public struct Timeline: Sendable {
  /// A name and its value, as sent.
  public struct Property: Sendable {
    public var name: String
    public var value: Value

    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  public struct Item: Sendable {
    /// `track`, `identify`, `page`, `screen`, `group`, `alias`.
    public var type: String
    /// The event's or page's name; "" for calls without.
    public var event: String
    public var at: Instant
    public var receivedAt: Instant
    public var properties: [Property]

    public init(type: String, event: String, at: Instant, receivedAt: Instant, properties: [Property]) {
      self.type = type
      self.event = event
      self.at = at
      self.receivedAt = receivedAt
      self.properties = properties
    }
  }

  public var items: [Item]
  public var isFirst: Bool
  /// Cursor of older items.
  public var next: String?

  public init(items: [Item], isFirst: Bool, next: String? = nil) {
    self.items = items
    self.isFirst = isFirst
    self.next = next
  }

  func write(into html: inout HTML, _ list: Link) {
    html.live("timeline") { html in
      html.card(.timeline) { html in
        if items.isEmpty {
          html.empty(Section.overview.drawing, .nothingHappened, .nothingHappenedHint)
        } else {
          days(into: &html)
        }
      }
    }
    html.pager(list, isFirst: isFirst, next: next)
  }

  /// One list a day, each under its date.
  private func days(into html: inout HTML) {
    var start = 0
    while start < items.count {
      let day = Self.day(items[start].at, html.reader)
      let end = items[start...].firstIndex { Self.day($0.at, html.reader) != day } ?? items.count
      html("h3", .class("day")) { html in html.date(items[start].at) }
      html("ol", .class("timeline")) { html in
        for item in items[start..<end] { html("li") { html in write(item, into: &html) } }
      }
      start = end
    }
  }

  private static func day(_ moment: Instant, _ reader: Reader) -> CivilDate {
    CivilTime(moment, offsetSeconds: reader.zone.offsetSeconds(at: moment)).date
  }

  private func write(_ item: Item, into html: inout HTML) {
    html.timeOfDay(item.at)
    guard !item.properties.isEmpty else { return html("div", .class("event")) { html in headline(item, into: &html) } }
    html("details", .class("event")) { html in
      html("summary") { html in headline(item, into: &html) }
      html("dl", .class("facts properties")) { html in
        for property in item.properties.prefix(60) {
          html("div") { html in
            html("dt", data: property.name)
            html("dd") { html in html.value(property.value) }
          }
        }
        if item.receivedAt != item.at { html.fact(.received) { html in html.time(item.receivedAt, seconds: true) } }
      }
    }
  }

  private func headline(_ item: Item, into html: inout HTML) {
    if item.event.isEmpty {
      html("b", data: item.type)
    } else {
      html("b", data: item.event)
      if item.type != "track" { html("span", .class("kind"), data: item.type) }
    }
    let brief = item.properties.prefix(3)
    guard !brief.isEmpty else { return }
    html("span", .class("brief")) { html in
      for (index, property) in brief.enumerated() {
        if index > 0 { html.text(" · ") }
        html.data(property.name, charactersMax: 24)
        html.text(" ")
        html.brief(property.value)
      }
    }
  }
}

extension HTML {
  /// A value in few characters.
  fileprivate mutating func brief(_ value: Value) {
    switch value {
    case .string(let text): data(text, charactersMax: 24)
    case .json: text("…")
    default: self.value(value)
    }
  }
}

extension Phrase {
  static let timeline = Phrase("Timeline", "История")
  static let received = Phrase("Received", "Получено")
  static let nothingHappened = Phrase("Nothing has happened yet", "Событий пока нет")
  static let nothingHappenedHint = Phrase(
    "Every event of this person will be listed here, newest first.",
    "Здесь появится каждое событие этого человека, новые сверху.")
}
