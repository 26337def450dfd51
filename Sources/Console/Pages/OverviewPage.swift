import RoostCore

/// How a workspace is doing, at a glance.
public struct OverviewPage: Page {
  /// Events of one day, in the workspace's time zone.
  public struct Day: Sendable {
    /// The moment at which the day begins.
    public var start: Instant
    public var events: Int

    public init(start: Instant, events: Int) {
      self.start = start
      self.events = events
    }
  }

  /// How events come in.
  public struct Ingest: Sendable {
    public var lastEventAt: Instant?
    /// Events taken in over the last full minute.
    public var perMinute: Int
    /// Rejected events that wait to be mended.
    public var quarantined: Int
    /// The server answers 429 at the moment.
    public var isOverloaded: Bool

    public init(lastEventAt: Instant? = nil, perMinute: Int, quarantined: Int, isOverloaded: Bool) {
      self.lastEventAt = lastEventAt
      self.perMinute = perMinute
      self.quarantined = quarantined
      self.isOverloaded = isOverloaded
    }
  }

  public var events: Int
  public var people: Int
  public var segments: Int
  /// Segments that are still being filled from history.
  public var fillingSegments: Int
  public var journeys: Int
  public var publishedJourneys: Int
  public var sentMessages: Int
  public var suppressedMessages: Int
  public var ingest: Ingest
  /// The last days, oldest first; empty where nothing is known.
  public var days: [Day]
  /// The latest messages, newest first.
  public var messages: [MessageRow]
  /// `http://HOST:PORT`, for the example of a first call.
  public var serverAddress: String

  public init(
    events: Int, people: Int, segments: Int, fillingSegments: Int, journeys: Int, publishedJourneys: Int,
    sentMessages: Int, suppressedMessages: Int, ingest: Ingest, days: [Day], messages: [MessageRow],
    serverAddress: String
  ) {
    self.events = events
    self.people = people
    self.segments = segments
    self.fillingSegments = fillingSegments
    self.journeys = journeys
    self.publishedJourneys = publishedJourneys
    self.sentMessages = sentMessages
    self.suppressedMessages = suppressedMessages
    self.ingest = ingest
    self.days = days
    self.messages = messages
    self.serverAddress = serverAddress
  }

  public var section: Section? { .overview }
  public func title(in frame: Frame) -> Title { .phrase(.overview) }

  public func write(into html: inout HTML, in frame: Frame) {
    let key = frame.workspaceKey
    html.live("figures") { html in figures(into: &html, key) }
    if events == 0 { firstSteps(into: &html, key) }
    if !days.isEmpty, events > 0 { activity(into: &html) }
    html.live("messages") { html in
      html.card(.latestMessages) { html in
        if messages.isEmpty {
          html.empty(Section.messages.drawing, .noMessages, .noMessagesHint)
        } else {
          html.messageTable(messages, key)
          html("p", .class("more")) { html in
            html("a", .href(Route.messages(workspace: key).link), say: .seeAll)
          }
        }
      }
    }
  }

  private func figures(into html: inout HTML, _ key: String) {
    html("dl", .class("figures")) { html in
      html.figure(.events, events) { html in ingestState(into: &html) }
      html.figure(.people, people, to: .people(workspace: key))
      html.figure(.segments, segments, to: .segments(workspace: key)) { html in
        if fillingSegments > 0 {
          html.say(.beingFilled)
          html.text(" ")
          html.number(fillingSegments)
        } else if segments > 0 {
          html.say(.allExact)
        }
      }
      html.figure(.publishedJourneys, publishedJourneys, to: .journeys(workspace: key)) { html in
        if journeys > publishedJourneys {
          html.say(.ofAll)
          html.text(" ")
          html.number(journeys)
        }
      }
      html.figure(.sentMessages, sentMessages, to: .messages(workspace: key)) { html in
        if suppressedMessages > 0 {
          html.say(.suppressedCount)
          html.text(" ")
          html.number(suppressedMessages)
        }
      }
    }
  }

  private func ingestState(into html: inout HTML) {
    if ingest.isOverloaded {
      html.pill(.bad, .overloaded)
    } else if ingest.perMinute > 0 {
      html.say(.lastMinute)
      html.text(" ")
      html.number(ingest.perMinute)
    } else if let last = ingest.lastEventAt {
      html.say(.lastEvent)
      html.text(" ")
      html.time(last)
    } else {
      html.say(.waitingForFirst)
    }
  }

  private func activity(into html: inout HTML) {
    let greatest = max(1, days.map(\.events).max() ?? 1)
    html.card(.eventsByDay) { html in
      html(
        "svg", .class("bars"), .fixed(.viewBox, "0 0 600 80"), .fixed(.preserveAspectRatio, "none"),
        .fixed(.role, "img"), .label(.eventsByDay)
      ) { html in
        let width = 600 / max(1, days.count)
        for (index, day) in days.enumerated() {
          let height = day.events == 0 ? 1 : max(2, day.events * 78 / greatest)
          html(
            "rect", .coordinate(.x, index * width), .coordinate(.y, 80 - height),
            .coordinate(.width, max(1, width - 2)),
            .coordinate(.height, height)
          ) { html in
            let civil = CivilTime(day.start, offsetSeconds: html.reader.zone.offsetSeconds(at: day.start))
            html("title") { html in
              html.text(civil.date(in: html.reader.language) + ": " + html.reader.grouped(day.events))
            }
          }
        }
      }
      html("p", .class("axis")) { html in
        if let first = days.first { html.date(first.start) }
        html("span") { html in
          html.say(.mostOnADay)
          html.text(" ")
          html.number(greatest)
        }
        if let last = days.last { html.date(last.start) }
      }
    }
  }

  private func firstSteps(into html: inout HTML, _ key: String) {
    html.card(.firstSteps) { html in
      html("p", .class("lead"), say: .firstStepsHint)
      html.code(
        """
        curl \(serverAddress)/v1/track -u WRITE_KEY: \\
          -H 'Content-Type: application/json' \\
          -d '{"userId":"42","event":"Order Completed","properties":{"order_id":"A-1","total":49.9,"currency":"EUR"}}'
        """, .example)
      html("p", .class("lead"), say: .importHint)
      html.code("roost import events purchases.ndjson --workspace " + key, .importExample)
    }
  }
}

extension Phrase {
  static let sentMessages = Phrase("Messages sent", "Отправлено сообщений")
  static let latestMessages = Phrase("Latest messages", "Последние сообщения")
  static let eventsByDay = Phrase("Events by day", "События по дням")
  static let mostOnADay = Phrase("most on a day:", "максимум за день:")
  static let seeAll = Phrase("See all", "Показать все")
  static let beingFilled = Phrase("being filled:", "заполняются:")
  static let allExact = Phrase("all exact", "все точны")
  static let ofAll = Phrase("of all", "из всех")
  static let suppressedCount = Phrase("suppressed:", "не отправлено:")
  static let overloaded = Phrase("Overloaded", "Перегрузка")
  static let lastMinute = Phrase("in the last minute:", "за последнюю минуту:")
  static let lastEvent = Phrase("last:", "последнее:")
  static let waitingForFirst = Phrase("waiting for the first", "ждём первое")
  static let firstSteps = Phrase("First steps", "С чего начать")
  static let firstStepsHint = Phrase(
    "Point any client of Segment’s HTTP tracking API at this server, or send a first event by hand. It appears here at once.",
    "Направьте на этот сервер любой клиент Segment HTTP API или отправьте первое событие вручную. Оно сразу появится здесь."
  )
  static let importExample = Phrase("Example of an import", "Пример загрузки")
  static let importHint = Phrase(
    "Bring what you already have: events and people from NDJSON or CSV files.",
    "Загрузите то, что уже есть: события и людей из файлов NDJSON или CSV.")
  static let noMessages = Phrase("No messages yet", "Сообщений пока нет")
  static let noMessagesHint = Phrase(
    "When a published journey decides to write to somebody, the message and the reason for it appear here.",
    "Когда запущенный сценарий решит кому-то написать, здесь появятся сообщение и его причина.")
}
