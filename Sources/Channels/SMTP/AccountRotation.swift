import RoostCore

/// Which of several mail accounts takes the next messages: by weight, leaving out those that are out of order. Pure.
///
/// Weights are honoured smoothly: of 2 and 1 the order is a, b, a, not a, a, b. An account that fails rests, twice as long
/// each time; when all rest, the one that may go on first is asked all the same.
public struct AccountRotation: Sendable, Equatable {
  private struct Account: Equatable {
    var weight: Int
    var credit = 0
    var failures = 0
    var restsUntil = Instant.distantPast
  }
  private var accounts: [Account]

  /// The first pause after a failure; each further one is twice as long, up to `pauseMax`.
  public static let pauseMin = TimeSpan.seconds(5)
  public static let pauseMax = TimeSpan.minutes(5)

  /// - Parameter weights: one each; 0 for accounts that are asked only when all others rest.
  public init(weights: [Int]) { accounts = weights.map { Account(weight: $0) } }

  /// The account to ask, not one of `tried`; `nil` if all were tried.
  public mutating func next(at now: Instant, except tried: Set<Int> = []) -> Int? {
    let open = accounts.indices.filter { !tried.contains($0) }
    let fit = open.filter { accounts[$0].restsUntil <= now }
    let regular = fit.filter { accounts[$0].weight > 0 }
    guard !regular.isEmpty else {
      return fit.first ?? open.min { accounts[$0].restsUntil < accounts[$1].restsUntil }
    }
    var total = 0
    for place in regular {
      accounts[place].credit += accounts[place].weight
      total += accounts[place].weight
    }
    let chosen = regular.max { accounts[$0].credit < accounts[$1].credit }!
    accounts[chosen].credit -= total
    return chosen
  }

  /// The account took what it was given.
  public mutating func succeeded(_ place: Int) { accounts[place].failures = 0 }

  /// The account could not be reached or refused to work. Several reports of one failure count once.
  public mutating func failed(_ place: Int, at now: Instant) {
    guard accounts[place].restsUntil <= now else { return }
    let doublings = Int64(min(accounts[place].failures, 16))
    accounts[place].failures += 1
    accounts[place].restsUntil =
      now + min(Self.pauseMax, TimeSpan(milliseconds: Self.pauseMin.milliseconds << doublings))
  }

  /// How each account is: failures in a row, and until when it rests.
  public var health: [(failures: Int, restsUntil: Instant)] { accounts.map { ($0.failures, $0.restsUntil) } }
}

extension DeliveryOutcome {
  /// Whether another account of the same channel may take the message: this one was not reached, lost the connection
  /// before the final dot, or refused the session (421, or 5xx to a command that is not about the message).
  public var isAccountFailure: Bool {
    guard case .deferred(let code, _) = self else { return false }
    return code.map { $0 == 421 || $0 >= 500 } ?? true
  }
}
