import RoostCore

/// What a versioned document defines.
public enum DocumentKind: String, Sendable, CaseIterable {
  case segment
  case journey
  case template
  case channel
  case policies
  /// Purposes and words of the preference centre; one per workspace.
  case preferenceCentre = "preference-centre"
  /// One message to many people at once.
  case broadcast
  /// A pool of vouchers; its codes are kept elsewhere.
  case voucherPool = "voucher-pool"
}

/// One version of a definition, as it was put. A version never changes; an edit makes the next one.
public struct Document: Sendable, Equatable {
  public var kind: DocumentKind
  public var key: String
  public var version: UInt32
  public var body: JSONValue
  public var createdAt: Instant

  public init(kind: DocumentKind, key: String, version: UInt32, body: JSONValue, createdAt: Instant) {
    self.kind = kind
    self.key = key
    self.version = version
    self.body = body
    self.createdAt = createdAt
  }

  public var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "key": .string(key), "version": .int(Int64(version)), "body": body,
      "createdAt": .int(createdAt.milliseconds),
    ]
  }

  public init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(DocumentKind.init), let key = json["key"]?.string,
      let version = json["version"]?.int, let body = json["body"], let createdAt = json["createdAt"]?.int
    else { return nil }
    self.init(
      kind: kind, key: key, version: UInt32(version), body: body, createdAt: Instant(milliseconds: createdAt))
  }
}
