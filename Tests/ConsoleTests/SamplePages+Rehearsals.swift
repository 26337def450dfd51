import RoostCore

@testable import Console

extension SamplePages {
  private func row(_ state: RehearsalsPage.State) -> RehearsalsPage.Row {
    .init(
      id: text("rh_0011223344556677"), createdAt: Self.ago(0, 90), from: Self.ago(90), to: Self.now,
      journeys: [text("winback"), text("welcome")], state: state)
  }

  var rehearsals: RehearsalsPage {
    RehearsalsPage(
      rows: [row(.running(percent: 41)), row(.done), row(.failed), row(.cancelled)],
      journeys: [text("winback"), text("welcome")], from: "1997-12-01", to: "1998-03-02")
  }

  var failedRehearsal: RehearsalPage {
    RehearsalPage(row: row(.failed), failure: text("the history cannot be read"), report: nil)
  }

  var rehearsal: RehearsalPage {
    var report = RehearsalPage.Report()
    report.people = 23_570
    report.events = 69_659
    report.sent = 8_213
    report.notSent = 412
    report.busiest = (Self.ago(12), 96)
    report.costs = [(Micros(count: 36_958_500), text("EUR"))]
    report.openingsAssumed = 2_464
    report.journeys = [
      .init(
        key: text("winback"), isDraft: true, entries: 9_120, people: 8_841, heldOut: 456, finished: 6_204, goals: 31,
        exited: 1_830, insideAtEnd: 599),
      .init(
        key: text("welcome"), isDraft: false, entries: 1, people: 1, heldOut: 0, finished: 0, goals: 0, exited: 0,
        insideAtEnd: 1),
    ]
    report.steps = [
      .init(
        name: text("winback/miss-you"), sent: 5_320, notSent: [(text("no_consent"), 400), (text("quiet_hours"), 12)]),
      .init(name: text("winback/gift"), sent: 2_893, notSent: []),
    ]
    report.between = [
      .init(
        journey: text("winback"), from: text("step-1"), to: text("miss-you"), people: 8_664, median: .minutes(10),
        longest: .hours(11))
    ]
    report.overlaps = [.init(journeys: [text("welcome"), text("winback")], people: 12, messages: 3)]
    report.orders = [
      .init(first: text("winback/gift"), second: text("welcome/hello"), inOrder: 40, reversed: 3)
    ]
    report.days = (0..<30).map { (Self.ago(Int64(30 - $0)), 40 + $0) }
    report.notes = [text("winback/steps/1: there is no template \"gift\" yet")]
    return RehearsalPage(row: row(.done), report: report)
  }
}
