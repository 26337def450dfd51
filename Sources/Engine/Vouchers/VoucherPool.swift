import RoostCore

/// A pool of vouchers: what its document says. Its codes are kept elsewhere, they may be a million.
///
/// ```
/// {"name": "Spring sale", "expiresAt": "2027-06-01T00:00:00Z"}
/// ```
public struct VoucherPool: Sendable, Equatable {
  public var name: String
  /// From then on no code is promised to anybody; `nil`: at any time.
  public var expiresAt: Instant?

  /// Pools of a workspace.
  public static let poolsMax = 1_000
  /// Codes of a pool, those that were given included.
  public static let codesMax = 1_000_000
  private static let textBytesMax = 1_000

  /// Reads a document; findings name its members.
  public init(json: JSONValue) throws(Problem) {
    guard let members = json.members else {
      throw .invalid("", "a pool of vouchers is an object such as {\"name\": \"Spring sale\"}")
    }
    var findings: [Problem.Finding] = []
    let known = ["name", "description", "expiresAt"]
    for member in members where !known.contains(member.key) {
      findings.append(
        .init(
          pointer: "/" + pointerToken(member.key),
          detail: "unknown field; a pool has \(known.joined(separator: ", ")), and its codes are sent to …/codes"))
    }
    for key in ["name", "description"] {
      guard let value = json[key] else { continue }
      guard let text = value.string, text.utf8.count <= Self.textBytesMax else {
        findings.append(.init(pointer: "/\(key)", detail: "\(key) is a text of at most \(Self.textBytesMax) bytes"))
        continue
      }
    }
    name = json["name"]?.string ?? ""
    if let value = json["expiresAt"] {
      expiresAt = value.string.flatMap { Instant(iso8601: $0) }
      if expiresAt == nil {
        findings.append(
          .init(
            pointer: "/expiresAt", detail: "expiresAt is a moment such as 2027-06-01T00:00:00Z; leave it out if none"))
      }
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the pool cannot be used", findings: findings) }
  }

  /// Whether no code is promised any more.
  public func isExpired(at moment: Instant) -> Bool { expiresAt.map { $0 <= moment } ?? false }
}

extension WorkspaceSources {
  /// Checks a pool as if it were put.
  public func checkVoucherPool(_ body: JSONValue, key: String) throws(Problem) {
    _ = try VoucherPool(json: body)
    guard latest(.voucherPool, key) == nil else { return }
    guard (documents[.voucherPool] ?? [:]).count < VoucherPool.poolsMax else {
      throw Problem(.invalid, "a workspace has at most \(VoucherPool.poolsMax) pools of vouchers")
    }
  }
}
