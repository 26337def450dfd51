import Console
import Foundation
import RoostCore
import Synchronization

extension ZoneOffsets {
  /// The changes of a zone's offset from 1970 to ten years from `now`, by the time zone database; UTC for names it does
  /// not have.
  init(database name: String, now: RoostCore.Instant) {
    guard let zone = TimeZone(identifier: name) else {
      self = .utc
      return
    }
    func offset(_ seconds: Int64) -> Int {
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }
    // A week at a time: no zone has changed twice within one since 1970.
    let week: Int64 = 7 * 86_400
    let end = now.milliseconds / 1_000 + 10 * 366 * 86_400
    var changes = [Change(since: .distantPast, seconds: offset(0))]
    var from: Int64 = 0
    while from < end {
      let before = changes[changes.count - 1].seconds
      let after = offset(from + week)
      if after != before {
        var low = from
        var high = from + week
        while high - low > 1 {
          let middle = (low + high) / 2
          if offset(middle) == before { low = middle } else { high = middle }
        }
        changes.append(Change(since: Instant(milliseconds: high * 1_000), seconds: after))
      }
      from += week
    }
    self.init(name: name, changes: changes)
  }
}

/// Zones that were looked up.
final class Zones: Sendable {
  private let known = Mutex<[String: ZoneOffsets]>([:])

  func zone(_ name: String, now: RoostCore.Instant) -> ZoneOffsets {
    if let zone = known.withLock({ $0[name] }) { return zone }
    let zone = ZoneOffsets(database: name, now: now)
    known.withLock { known in
      if known.count > 1_000 { known.removeAll() }
      known[name] = zone
    }
    return zone
  }
}
