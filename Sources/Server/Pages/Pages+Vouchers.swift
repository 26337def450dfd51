import Console
import Engine
import RoostCore
import Runtime

extension Pages {
  func showVouchers(_ room: Room) async throws(Problem) -> HTTPResponse {
    let pools = try await node.perform { partition throws(Problem) in
      try partition.describeDocuments(room.id, .voucherPool)
    }
    return answer(VouchersPage(rows: pools.map(VouchersPage.Row.init)), room)
  }
}

extension VouchersPage.Row {
  fileprivate init(_ pool: JSONValue) {
    let key = pool["key"]?.string ?? ""
    func count(_ name: String) -> Int { Int(pool[name]?.int ?? 0) }
    self.init(
      key: key, name: pool["definition"]?["name"]?.string ?? key, codes: count("codes"), given: count("given"),
      left: count("left"), expiresAt: pool["definition"]?["expiresAt"]?.string.flatMap { Instant(iso8601: $0) },
      isExpired: pool["expired"] == .bool(true), templates: (pool["templates"]?.array ?? []).compactMap(\.string))
  }
}
