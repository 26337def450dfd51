import Delivery
import RoostCore

/// A tenant's own settings. Keys are kept as SHA-256 hashes only.
public struct Workspace: Sendable, Equatable {
  public var id: WorkspaceID
  public var key: String
  public var name: String
  public var timezone: String
  public var currency: String
  public var locale: String
  public var consentPolicy: ConsentPolicy
  /// Hexadecimal SHA-256.
  public var writeKeyHash: String
  public var secretKeyHash: String
  public var createdAt: Instant

  public init(
    id: WorkspaceID, key: String, name: String, timezone: String, currency: String, locale: String,
    consentPolicy: ConsentPolicy, writeKeyHash: String, secretKeyHash: String, createdAt: Instant
  ) {
    self.id = id
    self.key = key
    self.name = name
    self.timezone = timezone
    self.currency = currency
    self.locale = locale
    self.consentPolicy = consentPolicy
    self.writeKeyHash = writeKeyHash
    self.secretKeyHash = secretKeyHash
    self.createdAt = createdAt
  }

  public var json: JSONValue {
    [
      "id": .int(Int64(id.number)), "key": .string(key), "name": .string(name), "timezone": .string(timezone),
      "currency": .string(currency), "locale": .string(locale), "consentPolicy": .string(consentPolicy.rawValue),
      "writeKeyHash": .string(writeKeyHash), "secretKeyHash": .string(secretKeyHash),
      "createdAt": .int(createdAt.milliseconds),
    ]
  }

  public init?(json: JSONValue) {
    guard let id = json["id"]?.int, let key = json["key"]?.string, let name = json["name"]?.string,
      let timezone = json["timezone"]?.string, let currency = json["currency"]?.string,
      let locale = json["locale"]?.string,
      let consentPolicy = json["consentPolicy"]?.string.flatMap(ConsentPolicy.init),
      let writeKeyHash = json["writeKeyHash"]?.string, let secretKeyHash = json["secretKeyHash"]?.string,
      let createdAt = json["createdAt"]?.int
    else { return nil }
    self.init(
      id: WorkspaceID(UInt32(id)), key: key, name: name, timezone: timezone, currency: currency, locale: locale,
      consentPolicy: consentPolicy, writeKeyHash: writeKeyHash, secretKeyHash: secretKeyHash,
      createdAt: Instant(milliseconds: createdAt))
  }
}
