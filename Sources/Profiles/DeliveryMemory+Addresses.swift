import RoostCore

/// A message that came back from an address which may work later: a full mailbox, a server that was away.
public struct SoftBounce: Sendable, Equatable {
  /// The channel's kind, as `Delivery` numbers them.
  public var channelKind: UInt8
  /// As in `AddressSuppression`.
  public var address: UInt64
  public var at: Instant

  public init(channelKind: UInt8, address: UInt64, at: Instant) {
    self.channelKind = channelKind
    self.address = address
    self.at = at
  }
}

/// Messages that asked somebody to confirm a consent (double opt-in), by one kind of channel.
public struct ConfirmationRequest: Sendable, Equatable {
  /// The channel's kind, as `Delivery` numbers them.
  public var channelKind: UInt8
  /// The address that the last one went to, as in `AddressSuppression`.
  public var address: UInt64
  /// How many there were since `firstAt`.
  public var count: UInt8
  public var firstAt: Instant
  public var lastAt: Instant

  public init(channelKind: UInt8, address: UInt64, count: UInt8, firstAt: Instant, lastAt: Instant) {
    self.channelKind = channelKind
    self.address = address
    self.count = count
    self.firstAt = firstAt
    self.lastAt = lastAt
  }
}

extension DeliveryMemory {
  /// Of one address so many are remembered; more than any rule counts.
  public static let softBouncesMax = 20

  /// Remembers that a message came back from an address, and forgets what is older than `window`.
  ///
  /// - Returns: how many came back from it within the window, this one included.
  public mutating func note(_ bounce: SoftBounce, within window: TimeSpan) -> Int {
    softBounces.removeAll { $0.isAbout(bounce) && $0.at <= bounce.at - window }
    let index = softBounces.firstIndex { !SoftBounce.isOrdered($0, before: bounce) } ?? softBounces.count
    softBounces.insert(bounce, at: index)
    if softBounces.count(where: { $0.isAbout(bounce) }) > Self.softBouncesMax,
      let first = softBounces.firstIndex(where: { $0.isAbout(bounce) })
    {
      softBounces.remove(at: first)
    }
    return softBounces.count { $0.isAbout(bounce) }
  }

  /// The address works, or is known not to: what came back from it counts no more.
  public mutating func forgetSoftBounces(channelKind: UInt8, address: UInt64? = nil) {
    softBounces.removeAll { $0.channelKind == channelKind && (address == nil || $0.address == address) }
  }

  /// What was sent to have a consent by a kind of channel confirmed.
  public func request(channelKind: UInt8) -> ConfirmationRequest? { requests.first { $0.channelKind == channelKind } }

  /// Remembers what was sent to have a consent confirmed.
  public mutating func keep(_ request: ConfirmationRequest) {
    let index = requests.firstIndex { $0.channelKind >= request.channelKind } ?? requests.count
    if index < requests.count, requests[index].channelKind == request.channelKind {
      requests[index] = request
    } else {
      requests.insert(request, at: index)
    }
  }

  /// Takes in another person's, who is the same: of two requests the later one's address, and no more room than either.
  mutating func absorbAddresses(of source: DeliveryMemory) {
    softBounces = (softBounces + source.softBounces).sorted { SoftBounce.isOrdered($0, before: $1) }
    for row in source.requests {
      guard let own = request(channelKind: row.channelKind) else {
        keep(row)
        continue
      }
      var kept = (own.lastAt, own.address) < (row.lastAt, row.address) ? row : own
      kept.count = own.count &+ min(row.count, .max - own.count)
      kept.firstAt = min(own.firstAt, row.firstAt)
      keep(kept)
    }
  }
}

extension SoftBounce {
  fileprivate func isAbout(_ other: SoftBounce) -> Bool {
    (channelKind, address) == (other.channelKind, other.address)
  }

  fileprivate static func isOrdered(_ a: SoftBounce, before b: SoftBounce) -> Bool {
    (a.channelKind, a.address, a.at) < (b.channelKind, b.address, b.at)
  }
}
