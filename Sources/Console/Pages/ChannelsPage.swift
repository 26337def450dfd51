import RoostCore

/// The ways out for messages: how each is doing, and what failed on it for good.
public struct ChannelsPage: Page {
  public struct Row: Sendable {
    public enum State: String, Sendable {
      case ok, failing, paused, probing
    }
    public var key: String
    /// `email.smtp`
    public var type: String
    public var state: State
    public var pausedUntil: Instant?
    public var waiting: Int
    public var underWay: Int
    /// For how long the oldest due message waits.
    public var lag: TimeSpan
    public var sent: Int
    public var refused: Int
    /// Addresses that turned out dead, since the start.
    public var gone: Int
    public var ratePerSecond: Double?
    public var lastFailure: String
    public var lastFailureAt: Instant?

    public init(
      key: String, type: String, state: State, pausedUntil: Instant?, waiting: Int, underWay: Int, lag: TimeSpan,
      sent: Int, refused: Int, gone: Int, ratePerSecond: Double?, lastFailure: String, lastFailureAt: Instant?
    ) {
      self.key = key
      self.type = type
      self.state = state
      self.pausedUntil = pausedUntil
      self.waiting = waiting
      self.underWay = underWay
      self.lag = lag
      self.sent = sent
      self.refused = refused
      self.gone = gone
      self.ratePerSecond = ratePerSecond
      self.lastFailure = lastFailure
      self.lastFailureAt = lastFailureAt
    }
  }

  /// A message that failed for good.
  public struct DeadLetter: Sendable {
    public var id: String
    public var channel: String
    public var to: String
    public var subject: String
    public var detail: String
    public var failedAt: Instant

    public init(id: String, channel: String, to: String, subject: String, detail: String, failedAt: Instant) {
      self.id = id
      self.channel = channel
      self.to = to
      self.subject = subject
      self.detail = detail
      self.failedAt = failedAt
    }
  }

  /// What trying a channel found.
  public struct Trial: Sendable {
    public var channel: String
    public var isReady: Bool
    public var cause: String
    public var remedy: String

    public init(channel: String, isReady: Bool, cause: String, remedy: String) {
      self.channel = channel
      self.isReady = isReady
      self.cause = cause
      self.remedy = remedy
    }
  }

  public var rows: [Row]
  public var dead: [DeadLetter]
  /// More failed than are listed.
  public var hasMore: Bool
  public var trial: Trial?

  public init(rows: [Row], dead: [DeadLetter], hasMore: Bool, trial: Trial? = nil) {
    self.rows = rows
    self.dead = dead
    self.hasMore = hasMore
    self.trial = trial
  }

  public var section: Section? { .channels }
  public func title(in frame: Frame) -> Title { .phrase(.channels) }

  public func write(into html: inout HTML, in frame: Frame) {
    if let trial { write(trial, into: &html) }
    html.live("channels") { html in
      html("section", .class("card")) { html in
        guard !rows.isEmpty else { return html.empty(Section.channels.drawing, .noChannels, .noChannelsHint) }
        let columns = [
          Column(.channelName), Column(.channelState), Column(.channelWaiting, .number), Column(.channelTaken, .number),
          Column(.channelRefused, .minorNumber), Column(.deadAddresses, .minorNumber), Column(.lastFault, .minor),
          Column(.tryIt),
        ]
        html.table(.channels, columns) { html in
          for row in rows { html("tr") { html in write(row, into: &html, frame) } }
        }
      }
    }
    writeDead(into: &html, frame)
  }

  private func write(_ trial: Trial, into html: inout HTML) {
    html("section", .class("card")) { html in
      html("p", .class("lead")) { html in
        html.pill(trial.isReady ? .good : .bad, trial.isReady ? .channelReady : .channelNotReady)
        html.text(" ")
        html("code", data: trial.channel)
        html.text(" ")
        html.data(trial.cause, charactersMax: 400)
      }
      if !trial.remedy.isEmpty { html("p", .class("hint"), data: trial.remedy) }
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ frame: Frame) {
    html.cell { html in
      html("span", .class("strong"), data: row.key)
      html("small", data: row.type)
    }
    html.cell { html in
      switch row.state {
      case .ok: html.pill(.good, .channelWorks)
      case .failing: html.pill(.waiting, .channelFailing)
      case .paused: html.pill(.bad, .channelPaused)
      case .probing: html.pill(.waiting, .channelProbing)
      }
      if let until = row.pausedUntil { html("small") { html in html.time(until) } }
      if let rate = row.ratePerSecond {
        html("small") { html in
          html.data("\(rate == rate.rounded() ? String(Int(rate)) : String(rate))")
          html.say(.perSecond)
        }
      }
    }
    html.cell(.number) { html in
      html.number(row.waiting + row.underWay)
      if row.lag.milliseconds >= 1_000 { html("small") { html in html.span(row.lag) } }
    }
    html.cell(.number) { html in html.number(row.sent) }
    html.cell(.minorNumber) { html in html.number(row.refused) }
    html.cell(.minorNumber) { html in html.number(row.gone) }
    html.cell(.minor) { html in
      guard let at = row.lastFailureAt else { return html.nothing() }
      html.data(row.lastFailure, charactersMax: 120)
      html("small") { html in html.time(at) }
    }
    html.cell { html in
      html.form(.channelTrial(workspace: frame.workspaceKey, key: row.key), frame) { html in
        html("button", .type("submit"), say: .tryIt)
      }
    }
  }

  private func writeDead(into html: inout HTML, _ frame: Frame) {
    html.card(.deadLetters, count: hasMore ? nil : dead.count) { html in
      guard !dead.isEmpty else { return html.empty(Section.messages.drawing, .noDeadLetters, .noDeadLettersHint) }
      let columns = [Column(.deadLetter), Column(.channelName), Column(.lastFault), Column(.failedAt, .minor)]
      html.table(.deadLetters, columns) { html in
        for letter in dead {
          html("tr") { html in
            html.cell { html in
              html("a", .class("strong"), .href(Route.message(workspace: frame.workspaceKey, id: letter.id).link)) {
                html in html.data(letter.subject.isEmpty ? letter.id : letter.subject, charactersMax: 60)
              }
              html("small") { html in html.data(letter.to, charactersMax: 60) }
            }
            html.cell(data: letter.channel)
            html.cell { html in html.data(letter.detail, charactersMax: 160) }
            html.cell(.minor) { html in html.time(letter.failedAt) }
          }
        }
      }
      html.form(.redrive(workspace: frame.workspaceKey), frame) { html in
        for letter in dead { html.void("input", .type("hidden"), .name("id"), .value(letter.id)) }
        html("p", .class("hint"), say: .redriveHint)
        html("button", .class("primary"), .type("submit"), say: .redrive)
      }
    }
  }
}

extension Phrase {
  static let channels = Phrase("Channels", "Каналы")
  static let channelName = Phrase("Channel", "Канал")
  static let channelState = Phrase("State", "Состояние")
  static let channelWaiting = Phrase("Waiting", "В очереди")
  static let channelTaken = Phrase("Taken", "Принято")
  static let channelRefused = Phrase("Refused", "Отказано")
  static let deadAddresses = Phrase("Dead addresses", "Мёртвые адреса")
  static let lastFault = Phrase("Last error", "Последняя ошибка")
  static let tryIt = Phrase("Try", "Проверить")
  static let perSecond = Phrase(" a second at most", " в секунду, не больше")
  static let channelWorks = Phrase("works", "работает")
  static let channelFailing = Phrase("failing", "сбоит")
  static let channelPaused = Phrase("left alone", "на паузе")
  static let channelProbing = Phrase("being tried", "проверяется")
  static let channelReady = Phrase("Ready", "Готов")
  static let channelNotReady = Phrase("Not ready", "Не готов")
  static let noChannels = Phrase("No channels", "Каналов нет")
  static let noChannelsHint = Phrase(
    "Until one is put, the built-in mailbox keeps all messages.",
    "Пока каналов нет, все сообщения остаются во встроенном почтовом ящике.")
  static let deadLetters = Phrase("Failed for good", "Не доставлено окончательно")
  static let deadLetter = Phrase("Message", "Сообщение")
  static let failedAt = Phrase("Failed", "Когда")
  static let noDeadLetters = Phrase("Nothing failed", "Ошибок нет")
  static let noDeadLettersHint = Phrase(
    "Messages that nobody would take are listed here, and can be handed over again.",
    "Здесь появятся сообщения, которые никто не принял: их можно отправить заново.")
  static let redriveHint = Phrase(
    "They go out under the same ids. Marketing whose consent was withdrawn since stays here.",
    "Они уйдут под теми же номерами. Реклама, согласие на которую отозвано, останется здесь.")
  static let redrive = Phrase("Hand over again", "Отправить заново")
}
