import RoostCore

/// What became of one variant's messages in the trial.
public struct VariantFigures: Sendable, Equatable {
  /// From 1.
  public var variant: Int
  /// Handed over, as far as anybody knows.
  public var sent: Int
  /// Opened, or clicked.
  public var opened: Int
  public var clicked: Int

  public init(variant: Int, sent: Int, opened: Int, clicked: Int) {
    self.variant = variant
    self.sent = sent
    self.opened = opened
    self.clicked = clicked
  }

  func count(_ measure: BroadcastDefinition.VariantTest.Measure) -> Int {
    switch measure {
    case .opened: opened
    case .clicked: clicked
    }
  }
}

/// Which variant goes to everybody else, and by what figures.
///
/// The rule: the variant with the highest share of its sent messages opened (or clicked) wins if it beats the first one
/// by at least `atLeast` percentage points; of several equally good ones the one named first. In every other case the
/// first variant wins: it is what would have gone out without a test.
public struct BroadcastDecision: Sendable, Equatable {
  public var winner: Int
  public var by: BroadcastDefinition.VariantTest.Measure
  public var atLeast: Share
  public var figures: [VariantFigures]
  public var at: Instant

  /// - Parameter figures: one for each variant, in their order.
  public init(_ figures: [VariantFigures], of test: BroadcastDefinition.VariantTest, at instant: Instant) {
    by = test.by
    atLeast = test.atLeast
    self.figures = figures
    at = instant
    winner = Self.winner(figures, by: test.by, atLeast: test.atLeast)
  }

  /// Shares are compared as products, so that nothing is rounded.
  private static func winner(
    _ figures: [VariantFigures], by measure: BroadcastDefinition.VariantTest.Measure, atLeast: Share
  ) -> Int {
    guard let first = figures.first else { return 1 }
    var best = first
    for other in figures.dropFirst() where other.sent > 0 {
      if other.count(measure) * max(1, best.sent) > best.count(measure) * other.sent { best = other }
    }
    guard best != first else { return first.variant }
    // Of a first variant that nobody got nothing is known: it counts as opened by nobody.
    let sent = max(1, first.sent)
    let lead = best.count(measure) * sent - first.count(measure) * best.sent
    return lead * 10_000 >= atLeast.hundredths * best.sent * sent ? best.variant : first.variant
  }
}

extension BroadcastDecision {
  public var json: JSONValue {
    [
      "winner": .int(Int64(winner)), "by": .string(by.rawValue), "atLeast": .string(atLeast.text),
      "at": .string(at.text),
      "figures": .array(
        figures.map { figure in
          [
            "variant": .int(Int64(figure.variant)), "sent": .int(Int64(figure.sent)),
            "opened": .int(Int64(figure.opened)), "clicked": .int(Int64(figure.clicked)),
          ]
        }),
    ]
  }

  public init?(json: JSONValue) {
    guard let winner = json["winner"]?.int,
      let by = json["by"]?.string.flatMap(BroadcastDefinition.VariantTest.Measure.init),
      let atLeast = json["atLeast"]?.string.flatMap(Share.init(text:)),
      let at = json["at"]?.string.flatMap({ Instant(iso8601: $0) }), let items = json["figures"]?.array
    else { return nil }
    self.winner = Int(winner)
    self.by = by
    self.atLeast = atLeast
    self.at = at
    figures = items.map { item in
      VariantFigures(
        variant: Int(item["variant"]?.int ?? 0), sent: Int(item["sent"]?.int ?? 0),
        opened: Int(item["opened"]?.int ?? 0), clicked: Int(item["clicked"]?.int ?? 0))
    }
  }
}
