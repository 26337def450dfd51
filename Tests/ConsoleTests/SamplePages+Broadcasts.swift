import RoostCore

@testable import Console

extension SamplePages {
  private func row(_ index: Int, _ status: BroadcastsPage.Status) -> BroadcastsPage.Row {
    .init(
      key: text("spring-\(index)"), name: text("Spring sale"), status: status, audience: 120_000, turns: 48_200,
      sent: 41_377, startedAt: index == 0 ? nil : Self.now)
  }

  var broadcasts: BroadcastsPage {
    BroadcastsPage(rows: BroadcastsPage.Status.allCases.enumerated().map { row($0, $1) })
  }

  var broadcast: BroadcastPage {
    BroadcastPage(
      row: row(2, .testing), journey: text("broadcast:spring-2"),
      counts: MessageRow.Status.allCases.enumerated().map { ($1, 1_000 - $0 * 80) }, heldOut: 600,
      variants: [
        .init(label: text("Spring is here"), sent: 1_200, opened: 310, clicked: 41, isWinner: false),
        .init(
          label: text("{{ person.first_name }}, spring is here"), sent: 1_190, opened: 402, clicked: 66, isWinner: true),
      ], beginsAt: Self.now, decidesAt: Self.now, endedAt: Self.now, isProved: true,
      definition: text("broadcast: spring-2"),
      estimate: .init(
        audience: 120_000, reachable: 90_000, held: [(text("quiet_hours"), 12_000)],
        suppressed: [(text("no_consent"), 17_400)], heldOut: 600, duration: .hours(3)))
  }
}
