import RoostCore

/// How often somebody wants marketing, by any channel: what they choose in the preference centre.
public enum MarketingFrequency: String, Sendable, Hashable, CaseIterable {
  /// As the workspace has it.
  case all
  /// At most one a day, a week, a month.
  case daily, weekly, monthly
  case never = "none"

  /// The person's own cap, beside those of the workspace; `nil` if the choice is none.
  public var cap: FrequencyCap? {
    switch self {
    case .all, .never: nil
    case .daily: FrequencyCap(max: 1, per: CapPeriod(1, .day), scope: .all, over: .skip)
    case .weekly: FrequencyCap(max: 1, per: CapPeriod(1, .week), scope: .all, over: .skip)
    case .monthly: FrequencyCap(max: 1, per: CapPeriod(1, .month), scope: .all, over: .skip)
    }
  }
}
