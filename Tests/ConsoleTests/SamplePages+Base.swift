import RoostCore

@testable import Console

extension SamplePages {
  var consents: [ConsentReceipt] {
    [
      ConsentReceipt(
        purpose: text("marketing.email"), isGranted: true, at: Self.ago(300), source: text("segment"),
        textVersion: text("2026-01")),
      ConsentReceipt(
        purpose: text("partner_offers"), isGranted: false, at: Self.ago(299), source: text("api"), textVersion: ""),
    ]
  }

  var person: PersonPage {
    PersonPage(
      person: name(0), createdAt: Self.ago(400), lastSeenAt: Self.ago(31), merged: 2,
      identifiers: ["user", "email", "phone", "anonymous", "device", "loyalty_card"].map {
        .init(kind: $0 == "loyalty_card" ? text($0) : $0, value: text("value-of-\($0)"))
      },
      traits: [
        .init(name: text("first_name"), value: .string(text("Ann")), changedAt: Self.ago(400)),
        .init(name: text("country"), value: .string(text("IT")), changedAt: Self.ago(400)),
        .init(name: text("vip"), value: .bool(true), changedAt: Self.ago(20)),
        .init(name: text("visits"), value: .number(41), changedAt: Self.ago(20)),
        .init(name: text("nothing"), value: .null, changedAt: Self.ago(20)),
        .init(name: text("address"), value: .json(text("{\"city\":\"Roma\"}")), changedAt: Self.ago(20)),
      ],
      consents: consents,
      orders: [
        .init(
          currency: "EUR", orders: 7, refunds: 1, revenue: Micros(1_234.5), refunded: Micros(20),
          firstAt: Self.ago(390),
          lastAt: Self.ago(31))
      ],
      segments: [.init(key: text("lapsing"), name: text("Bought before, silent for 30 days"))],
      journeys: [
        .init(
          key: text("winback"), name: text("Win back"), phase: .running, version: 3, step: text("miss-you"),
          enteredAt: Self.ago(1), dueAt: Self.ago(-2)),
        .init(
          key: text("welcome"), name: text("Welcome"), phase: .finished, version: 1, step: "", enteredAt: Self.ago(400)),
      ],
      messages: Array(messageRows.prefix(3)), timeline: timeline)
  }

  var timeline: Timeline {
    Timeline(items: (0..<24).map(timelineItem), isFirst: true, next: text("c9"))
  }

  private func timelineItem(_ index: Int) -> Timeline.Item {
    let type = index % 5 == 4 ? "identify" : index % 5 == 3 ? "page" : "track"
    let names = ["Order Completed", "Product Viewed", "Product Added", "Home", ""]
    let at = Self.ago(31 + Int64(index / 3), Int64(index * 1_700))
    let properties: [Timeline.Property] = [
      .init(name: text("order_id"), value: .string(text("A-\(1_000 + index)"))),
      .init(name: text("total"), value: .number(49.9 + Double(index))),
      .init(name: text("currency"), value: .string("EUR")),
      .init(name: text("products"), value: .json(text("[{\"sku\":\"CD-1\",\"quantity\":2}]"))),
    ]
    return Timeline.Item(
      type: type, event: type == "identify" ? "" : text(names[index % 5]), at: at, receivedAt: at + .seconds(2),
      properties: index % 5 == 2 ? [] : properties)
  }

  var unknownPerson: PersonPage {
    PersonPage(
      person: name(1), createdAt: Self.now, lastSeenAt: Self.now, merged: 0, identifiers: [], traits: [], consents: [],
      orders: [], segments: [], journeys: [], messages: [], timeline: Timeline(items: [], isFirst: true))
  }

  var segments: SegmentsPage {
    SegmentsPage(
      rows: [
        .init(
          key: text("lapsing"), name: text("Bought before, silent for 30 days"), state: .live, count: 12_054,
          changedAt: Self.ago(0, 5)),
        .init(key: text("vip"), name: text("Spent 500 in a year"), state: .filling(percent: 45), count: 310),
        .init(key: text("new"), name: text("First order this week"), state: .live, count: 0, changedAt: Self.ago(3)),
      ], people: 23_570)
  }

  var segment: SegmentPage {
    SegmentPage(
      key: text("lapsing"), name: text("Bought before, silent for 30 days"), state: .filling(percent: 45),
      count: 12_054,
      people: 23_570, changedAt: Self.ago(0, 5), version: 2,
      definition: text(
        "segment: lapsing\nname: Bought before, silent for 30 days\nall:\n  - { event: Order Completed, count: { atLeast: 1 } }\n  - not: { event: Order Completed, within: 30d }\n"
      ),
      sample: (0..<5).map {
        .init(
          person: name($0), reasons: [text("Order Completed: 7 times"), text("no Order Completed since 29 Jan 1998")])
      }, journeys: [text("winback")])
  }

  var journeys: JourneysPage {
    JourneysPage(
      rows: JourneysPage.Status.allCases.enumerated().map { index, status in
        .init(
          key: text("journey-\(index)"), name: text("Win back a customer who stopped buying"), status: status,
          figures: .init(entered: 12_054 / (index + 1), inside: 230, finished: 9_800, exited: 1_824, messages: 8_213))
      })
  }

  var journey: JourneyPage {
    JourneyPage(
      key: text("winback"), name: text("Win back a customer who stopped buying"), status: .published,
      messageClass: .marketing, entry: .segment(text("lapsing")), reEntry: .after(.days(30)),
      exits: [text("event Order Completed"), text("segment complained")],
      figures: .init(entered: 12_054, inside: 430, finished: 9_800, exited: 1_824, messages: 8_213),
      publishedVersion: 3,
      draftVersion: 4, findings: [],
      lint: [
        .init(
          isError: true, code: text("order.after"), pointer: text("/steps/2/after/0"),
          message: text("\"second\" happens without \"first\", after which it must come."),
          story: [.init(at: Self.ago(3), words: text("event: Signed Up, user: lint-1"))])
      ], shownVersion: 3, steps: steps,
      versions: [
        .init(number: 4, createdAt: Self.ago(0), inside: 0),
        .init(number: 3, createdAt: Self.ago(40), publishedAt: Self.ago(39), inside: 402),
        .init(number: 2, createdAt: Self.ago(90), publishedAt: Self.ago(89), inside: 28),
      ],
      definition: text("journey: winback\nenter: { segment: lapsing }\nagain: after 30d\nsteps:\n  - wait: 10m\n"))
  }

  private var steps: [JourneyStep] {
    let italian = JourneyStep.Arm(
      condition: text("trait country is IT"),
      steps: [
        JourneyStep(
          .send(id: text("miss-you-it"), channel: text("email"), template: text("miss-you-it")), waiting: 0,
          passed: 4_100),
        JourneyStep(.waitUntil(text("MON 10:00")), waiting: 118, passed: 3_982),
        JourneyStep(.set(trait: text("winback_tried"), value: .bool(true)), waiting: 0, passed: 3_982),
      ])
    let other = JourneyStep.Arm(
      condition: "",
      steps: [
        JourneyStep(
          .send(id: text("miss-you"), channel: text("email"), template: text("miss-you")), waiting: 0, passed: 5_900)
      ])
    return [
      JourneyStep(.wait(.minutes(10)), waiting: 312, passed: 11_742),
      JourneyStep(
        .branch, waiting: 0, passed: 11_742, arms: [italian, other, .init(condition: text("segment vip"), steps: [])]),
      JourneyStep(.other(name: text("webhook"), detail: text("https://crm.example/hook")), waiting: 0, passed: 9_882),
      JourneyStep(.exit, waiting: 0, passed: 9_800),
    ]
  }
}
