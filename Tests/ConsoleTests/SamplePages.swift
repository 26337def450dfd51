import RoostCore

@testable import Console

/// Every page with plausible content. `text` may turn each text from data into something else, such as an attack.
struct SamplePages {
  var text: (String) -> String = { $0 }

  static let now = Instant(milliseconds: 888_746_400_000)  // 1998-03-01T10:00:00Z
  static func ago(_ days: Int64, _ seconds: Int64 = 0) -> Instant {
    now - TimeSpan(milliseconds: days * 86_400_000 + seconds * 1_000)
  }

  func frame(_ language: Language = .english, signedIn: Bool = true) -> Frame {
    let shop = WorkspaceName(key: text("cdnow"), name: text("CDNOW records"))
    return Frame(
      reader: Reader(
        language: language,
        zone: ZoneRules(name: "Europe/Rome", offsetSeconds: 3_600),
        now: Self.now),
      csrfToken: signedIn ? text("t0k3n") : "",
      workspaces: [shop, WorkspaceName(key: text("blumen"), name: text("Blumen & Co"))],
      workspace: signedIn ? shop : nil, address: Link(requested: "/console/cdnow/people?query=ann&language=en"),
      sandbox: Self.now, quarantined: 3)
  }

  var all: [(name: String, page: any Page)] {
    [
      ("sign-in", SignInPage(isRefused: true, returnTo: Link("console"))), ("workspaces", workspaces),
      ("workspaces-none", WorkspacesPage(rows: [], serverAddress: text("http://127.0.0.1:8080"))),
      ("overview", overview), ("overview-new", newOverview), ("people", people),
      ("people-none", PeoplePage(query: text("nobody@x"), rows: [], total: 0, isFirst: true)), ("person", person),
      ("person-new", unknownPerson), ("segments", segments), ("segments-none", SegmentsPage(rows: [], people: 0)),
      ("segment", segment), ("journeys", journeys), ("journeys-none", JourneysPage(rows: [])), ("journey", journey),
      ("broadcasts", broadcasts), ("broadcasts-none", BroadcastsPage(rows: [])), ("broadcast", broadcast),
      ("rehearsals", rehearsals), ("rehearsals-none", RehearsalsPage(rows: [], journeys: [], from: "", to: "")),
      ("rehearsal", rehearsal), ("rehearsal-failed", failedRehearsal),
      ("templates", templates), ("templates-none", TemplatesPage(rows: [])), ("template", template(fails: false)),
      ("template-failed", template(fails: true)), ("template-push", templateForPush),
      ("vouchers", vouchers), ("vouchers-none", VouchersPage(rows: [])), ("messages", messages),
      ("messages-none", MessagesPage(filter: .init(status: .held), journeys: [], rows: [], isFirst: true)),
      ("message", message(sent: true)), ("message-suppressed", message(sent: false)), ("mailbox", mailbox),
      ("mailbox-none", MailboxPage(rows: [], total: 0, isFirst: true)), ("letter", letterPage),
      ("policies", policies), ("suppressions", suppressions),
      ("suppressions-none", SuppressionsPage(rows: [], isFirst: true, next: nil)), ("channels", channels),
      ("channels-none", ChannelsPage(rows: [], dead: [], hasMore: false)),
      (
        "policies-none",
        PoliciesPage(caps: [], quietHours: nil, globalHoldout: text("0%"), version: 0, definition: text("caps: []"))
      ), ("quarantine", quarantine), ("quarantine-none", QuarantinePage(rows: [], total: 0, isFirst: true)),
      ("quarantined", QuarantinedPage(row: rejected[0], body: text(rejectedBody))),
    ] + FaultPage.Kind.allCases.map { ("fault-\($0.rawValue)", FaultPage(kind: $0, reference: text("req-7f3a"))) }
  }

  var workspaces: WorkspacesPage {
    WorkspacesPage(
      rows: [
        .init(key: text("cdnow"), name: text("CDNOW records"), people: 23_570, events: 69_659, publishedJourneys: 2),
        .init(key: text("blumen"), name: text("Blumen & Co"), people: 1, events: 12, publishedJourneys: 0),
      ], serverAddress: text("http://127.0.0.1:8080"))
  }

  var overview: OverviewPage {
    var random = SeededRandom(seed: 7)
    return OverviewPage(
      events: 69_659, people: 23_570, segments: 6, fillingSegments: 1, journeys: 4, publishedJourneys: 2,
      sentMessages: 8_213, suppressedMessages: 412,
      ingest: .init(lastEventAt: Self.ago(0, 40), perMinute: 1_284, quarantined: 3, isOverloaded: false),
      days: (0..<30).reversed().map { .init(start: Self.ago(Int64($0)), events: 40 + random.below(160)) },
      messages: Array(messageRows.prefix(6)), serverAddress: text("http://127.0.0.1:8080"))
  }

  var newOverview: OverviewPage {
    OverviewPage(
      events: 0, people: 0, segments: 0, fillingSegments: 0, journeys: 0, publishedJourneys: 0, sentMessages: 0,
      suppressedMessages: 0, ingest: .init(perMinute: 0, quarantined: 0, isOverloaded: false), days: [], messages: [],
      serverAddress: text("http://127.0.0.1:8080"))
  }

  func name(_ index: Int) -> PersonName {
    let labels = [
      "ann@example.com", "4711", "борис@пример.рф", "+39061234567", "jean-baptiste.grenouille@parfum.example",
    ]
    return PersonName(id: text("00c0ffee000000\(10 + index)"), label: text(labels[index % labels.count]))
  }

  var people: PeoplePage {
    PeoplePage(
      query: text("ann"),
      rows: (0..<25).map {
        .init(
          person: name($0), userID: $0 % 3 == 1 ? "" : text("\(4_700 + $0)"), email: text("ann@example.com"),
          createdAt: Self.ago(400 - Int64($0)), lastSeenAt: Self.ago(Int64($0), 77), orders: $0 * 3)
      }, total: 23_570, isFirst: false, next: text("c2"))
  }

  var messageRows: [MessageRow] {
    zip(MessageRow.Status.allCases, 0...).map { status, index in
      MessageRow(
        id: text("m-\(index)"), person: name(index), journey: text("winback"), version: 3, step: text("miss-you"),
        channel: text("email"), template: text("miss-you"), messageClass: index == 4 ? .transactional : .marketing,
        status: status, reason: status == .suppressed ? text("no_consent") : status == .held ? text("quiet_hours") : "",
        to: text("ann@example.com"), subject: index == 5 ? "" : text("We kept your favourites, Ann"),
        at: Self.ago(Int64(index), 600), sentAt: status == .scheduled ? nil : Self.ago(Int64(index), 590))
    }
  }

  var messages: MessagesPage {
    MessagesPage(
      filter: .init(journey: text("winback"), person: text("email:ann@example.com"), status: .sent),
      journeys: [text("welcome"), text("winback")], rows: messageRows, isFirst: true, next: text("c2"))
  }

  var letter: LetterContent {
    LetterContent(
      from: text("CDNOW <hi@cdnow.example>"), to: text("Ann Lee <ann@example.com>"),
      subject: text("We kept your favourites, Ann"), at: Self.ago(1),
      text: text("Hello Ann,\n\nit has been 30 days.\nHere is what came in since.\n\nYours\nCDNOW"), hasHTML: true)
  }

  func message(sent: Bool) -> MessagePage {
    var row = messageRows[sent ? 3 : 2]
    row.messageClass = .marketing
    if !sent { row.sentAt = nil }
    return MessagePage(
      message: row, trigger: .segment(key: text("lapsing"), at: Self.ago(1, 4)),
      consent: sent ? consents[0] : nil, entry: 2, reasons: sent ? reasons : [],
      attempts: sent
        ? [
          .init(at: Self.ago(1, 3), status: .held, answer: text("451 4.7.1 try again later")),
          .init(at: Self.ago(1), status: .sent, answer: text("250 2.0.0 Ok: queued as 4F2")),
        ] : [],
      letter: sent ? letter : nil)
  }

  var mailbox: MailboxPage {
    MailboxPage(
      rows: (0..<12).map {
        .init(
          id: text("l-\($0)"), workspace: WorkspaceName(key: text("cdnow"), name: text("CDNOW records")),
          to: name($0).label, subject: $0 == 3 ? "" : text("We kept your favourites, Ann"),
          preview: text("Hello Ann, it has been 30 days. Here is what came in since, and what others liked"),
          at: Self.ago(Int64($0)))
      }, total: 8_213, isFirst: true, next: text("c2"))
  }

  var letterPage: LetterPage {
    LetterPage(
      id: text("l-1"), workspace: WorkspaceName(key: text("cdnow"), name: text("CDNOW records")),
      messageID: text("m-3"),
      letter: letter)
  }

  var rejected: [QuarantinePage.Row] {
    [
      .init(
        id: text("q-1"), receivedAt: Self.ago(0, 90), type: text("track"), event: text("Order Completed"),
        reason: text("timestamp_in_future"), pointer: text("/timestamp"),
        detail: text("The timestamp is more than 1 day in the future.")),
      .init(
        id: text("q-2"), receivedAt: Self.ago(2), type: text("track"), event: "", reason: text("missing_event_name"),
        pointer: text("/event"), detail: text("A track call needs the event's name.")),
    ]
  }

  var rejectedBody: String {
    "{\n  \"type\": \"track\",\n  \"userId\": \"42\",\n  \"event\": \"Order Completed\",\n  \"timestamp\": \"2098-03-01T10:00:00Z\"\n}"
  }

  var channels: ChannelsPage {
    ChannelsPage(
      rows: [
        .init(
          key: text("email"), type: text("email.smtp"), state: .ok, pausedUntil: nil, waiting: 0, underWay: 0,
          lag: .seconds(0), sent: 23_570, refused: 12, gone: 0, ratePerSecond: nil, lastFailure: "", lastFailureAt: nil),
        .init(
          key: text("sms"), type: text("sms.http"), state: .paused, pausedUntil: Self.now + .minutes(2), waiting: 1_204,
          underWay: 1, lag: .minutes(7), sent: 40, refused: 3, gone: 2, ratePerSecond: 0.5,
          lastFailure: text("503 <busy> & closed"), lastFailureAt: Self.now),
      ],
      dead: [
        .init(
          id: text("m1"), channel: text("webhook"), to: text("https://crm.example/?a=1&b=2"), subject: "",
          detail: text("410 gone"), failedAt: Self.now)
      ], hasMore: false,
      trial: .init(channel: text("sms"), isReady: false, cause: text("no connection"), remedy: text("check the server"))
    )
  }

  var vouchers: VouchersPage {
    VouchersPage(rows: [
      .init(
        key: text("spring"), name: text("Spring sale"), codes: 50_000, given: 50_000, left: 0, expiresAt: Self.ago(-30),
        isExpired: false, templates: [text("winback"), text("spring-sale")]),
      .init(
        key: text("autumn"), name: text("autumn"), codes: 1_000, given: 12, left: 988, expiresAt: Self.ago(3),
        isExpired: true, templates: []),
      .init(
        key: text("welcome"), name: text("Welcome"), codes: 1_000_000, given: 1, left: 999_999, expiresAt: nil,
        isExpired: false, templates: (1...12).map { text("welcome-\($0)") }),
    ])
  }

  var suppressions: SuppressionsPage {
    SuppressionsPage(
      rows: ["bounced", "complained", "unsubscribed", "manual"].map { cause in
        .init(
          reference: text("email:ann@example.com"), channel: text("email"), address: text("ann@example.com"),
          cause: cause, at: Self.ago(1), person: PersonName(id: text("4f2a"), label: text("ann@example.com")),
          message: cause == "bounced" ? text("5f3c") : nil, detail: cause == "bounced" ? text("5.1.1 user unknown") : ""
        )
      } + [
        .init(
          reference: "", channel: text("email"), address: "", cause: text("other"), at: Self.ago(2),
          person: PersonName(id: text("4f2a"), label: text("ann")), message: nil, detail: "")
      ], isFirst: true, next: text("4f2a.1"))
  }

  /// Everything that a decision may rest on.
  var reasons: [MessagePage.Reason] {
    [
      .segment(key: text("lapsing"), isMember: true), .segment(key: text("vip"), isMember: false),
      .confirmed(at: Self.ago(3)), .suppressed(cause: "bounced", at: Self.ago(3), message: text("5f3c")),
      .suppressed(cause: text("other"), at: Self.ago(3), message: nil), .holdout(share: text("5%"), isGlobal: false),
      .holdout(share: text("2%"), isGlobal: true), .bestHour(at: Self.ago(0, 2), .person, permille: 167, seen: 6),
      .bestHour(at: Self.ago(0, 2), .nothing, permille: 42, seen: 0),
      .channel(key: text("email"), .person, permille: 320, sent: 40, answered: 12),
      .channel(key: text("push"), .workspace, permille: 50, sent: 0, answered: 0),
      .unusableChannel(key: text("sms"), reason: "no_address"), .zone(name: text("Europe/Rome"), source: .country),
      .quietHours(from: Self.ago(0, 9), to: Self.ago(0, 1)),
      .cap(number: 1, rule: text("3 per 7d, all"), count: 1, max: 3, fullUntil: nil),
      .cap(number: 0, rule: "", count: 1, max: 1, fullUntil: Self.ago(0)), .policies(version: 3),
      .insteadOf(channel: text("push")), .template(version: 2, language: text("ru")), .mailbox,
      .note(text("the template is strict")), .heldUntil(Self.ago(0)), .seed(text("fedcba9876543210")),
    ]
  }

  var policies: PoliciesPage {
    PoliciesPage(
      caps: [
        .init(max: 3, per: text("7d"), scope: text("all"), isCalendar: false, over: .hold),
        .init(max: 1, per: text("1d"), scope: text("channel:email"), isCalendar: true, over: .skip),
        .init(
          max: 2, per: text("month"), scope: text("tag:spring"), isCalendar: true,
          over: .replace(channel: text("push"))),
      ], quietHours: .init(from: text("21:00"), to: text("09:00"), isHeld: true), globalHoldout: text("5%"), version: 3,
      definition: text("caps:\n  - {max: 3, per: 7d}"))
  }

  var quarantine: QuarantinePage { QuarantinePage(rows: rejected, total: 2, isFirst: true) }
}
