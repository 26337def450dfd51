import Crypto
import Delivery
import Engine
import Profiles
import RoostCore

/// A new workspace with its keys, which are shown once.
package struct CreatedWorkspace: Sendable {
  package var workspace: Workspace
  package var writeKey: String
  package var secretKey: String
}

extension Partition {
  /// Makes a workspace of `{"key","name"?,"timezone"?,"currency"?,"locale"?,"consentPolicy"?}`.
  ///
  /// With an idempotency key the workspace's keys derive from it, so that the same call again gives the same answer
  /// without any key being kept.
  package func createWorkspace(_ body: JSONValue, idempotencyKey: String?) throws(Problem) -> CreatedWorkspace {
    let (writeKey, secretKey) = newKeys(body["key"]?.string, idempotencyKey)
    let wanted = try read(
      body, id: WorkspaceID(UInt32(definitions.workspaces.count + 1)), writeKeyHash: KeyRing.hash(writeKey),
      secretKeyHash: KeyRing.hash(secretKey), now: now())
    if let idempotencyKey, let made = workspace(madeWith: idempotencyKey) {
      guard made.isSame(as: wanted) else {
        throw Problem(.conflict, "this Idempotency-Key came with another body before, and made \"\(made.key)\"")
      }
      return CreatedWorkspace(workspace: made, writeKey: writeKey, secretKey: secretKey)
    }
    if definitions.workspace(key: wanted.key) != nil {
      throw Problem(
        .conflict, "there is a workspace \"\(wanted.key)\" already",
        findings: [.init(pointer: "/key", detail: "choose another key")])
    }
    try change([.workspace(wanted)])
    return CreatedWorkspace(workspace: wanted, writeKey: writeKey, secretKey: secretKey)
  }

  /// The one whose keys derive from this idempotency key.
  private func workspace(madeWith idempotencyKey: String) -> Workspace? {
    definitions.workspaces.map(\.workspace).first {
      KeyRing.hash(newKeys($0.key, idempotencyKey).write) == $0.writeKeyHash
    }
  }

  private func newKeys(_ key: String?, _ idempotencyKey: String?) -> (write: String, secret: String) {
    guard let idempotencyKey, let key else {
      return (randomToken(prefix: "wk_"), randomToken(prefix: "sk_"))
    }
    func derived(_ purpose: String) -> String {
      let message = Array("\(purpose)\n\(key)\n\(idempotencyKey)".utf8)
      return hexadecimal(
        HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: salt)).prefix(20))
    }
    return ("wk_" + derived("write"), "sk_" + derived("secret"))
  }

  private func read(
    _ body: JSONValue, id: WorkspaceID, writeKeyHash: String, secretKeyHash: String, now: Instant
  ) throws(Problem) -> Workspace {
    var findings: [Problem.Finding] = []
    func text(_ name: String, _ fallback: String) -> String {
      guard let value = body[name], value != .null else { return fallback }
      if let text = value.string, !text.isEmpty, text.utf8.count <= 200 { return text }
      findings.append(.init(pointer: "/" + name, detail: "expected a text of 1 to 200 bytes, found \(value.kind)"))
      return fallback
    }
    let known = ["key", "name", "timezone", "currency", "locale", "consentPolicy"]
    for member in body.members ?? [] where !known.contains(member.key) {
      findings.append(
        .init(
          pointer: "/" + pointerToken(member.key), detail: "a workspace has \(known.joined(separator: ", "))"))
    }
    let key = text("key", "")
    if !isDocumentKey(key) {
      findings.append(
        .init(pointer: "/key", detail: "a key has 1 to 64 lower-case letters, digits, \"-\" and \"_\""))
    }
    let timezone = text("timezone", "UTC")
    if zones[timezone] == nil {
      findings.append(
        .init(pointer: "/timezone", detail: "\"\(timezone)\" is no time zone of the tz database such as Europe/Rome"))
    }
    let currency = text("currency", "EUR")
    if OrderTotals.currency(currency) == nil {
      findings.append(.init(pointer: "/currency", detail: "\"\(currency)\" is no ISO 4217 code such as EUR"))
    }
    let policy = ConsentPolicy(rawValue: text("consentPolicy", "explicit"))
    if policy == nil {
      findings.append(.init(pointer: "/consentPolicy", detail: "the policy is \"explicit\" or \"implied\""))
    }
    let workspace = Workspace(
      id: id, key: key, name: text("name", key), timezone: timezone,
      currency: currency.uppercased(), locale: text("locale", "en"), consentPolicy: policy ?? .explicit,
      writeKeyHash: writeKeyHash, secretKeyHash: secretKeyHash, createdAt: now)
    guard findings.isEmpty else {
      throw Problem(.invalid, "the workspace cannot be made", findings: findings)
    }
    return workspace
  }
}

extension Workspace {
  /// Whether both were asked for in the same words.
  fileprivate func isSame(as other: Workspace) -> Bool {
    (key, name, timezone, currency, locale) == (other.key, other.name, other.timezone, other.currency, other.locale)
      && consentPolicy == other.consentPolicy
  }
}
