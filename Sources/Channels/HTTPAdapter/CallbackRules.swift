import Crypto
import RoostCore

/// How to read what a provider calls us with when it learns more about messages: which message, and what became of it.
public struct CallbackRules: Sendable {
  public enum Meaning: String, Sendable, CaseIterable {
    case delivered, read, clicked
    /// It did not arrive and will not.
    case failed
    /// Nor will any other: the address is dead.
    case unreachable
    /// The person wants nothing more by this way.
    case unsubscribed
  }

  /// One message's news.
  public struct Report: Sendable, Equatable {
    /// Our own id, if the provider gives it back.
    public var message: String?
    /// The provider's id.
    public var providerID: String?
    public var meaning: Meaning
    public var reason: String
  }

  /// Many providers sign their calls: HMAC-SHA256 over the body.
  struct Signature: Sendable {
    var header: String
    var key: SymmetricKey
    var isBase64: Bool
    var prefix: String
  }

  var list: JSONPointer?
  var message: JSONPointer?
  var id: JSONPointer?
  var status: JSONPointer?
  var reason: JSONPointer?
  /// By the provider's words, in lower case.
  var meanings: [String: Meaning] = [:]
  var signature: Signature?

  /// No more reports are read of one call.
  public static let reportsMax = 1_000

  /// Whether the call is the provider's, as far as its signature tells; `true` where none is asked for.
  public func isSigned(_ body: [UInt8], header: (String) -> String?) -> Bool {
    guard let signature else { return true }
    guard let text = header(signature.header), text.hasPrefix(signature.prefix) else { return false }
    let code = text.dropFirst(signature.prefix.count)
    let bytes = signature.isBase64 ? Base64.decode(code.utf8) : Self.bytes(hexadecimal: code)
    guard let bytes else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: body, using: signature.key)
  }

  private static func bytes(hexadecimal text: Substring) -> [UInt8]? {
    let digits = text.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x41 + 10
      case 0x61...0x66: byte - 0x61 + 10
      default: nil
      }
    }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The reports of a call, and how many of its parts say nothing that the rules know.
  ///
  /// - Parameters:
  ///   - body: JSON, or a form.
  ///   - query: of the address that was called.
  public func reports(_ body: [UInt8], query fields: [(name: String, value: String)]) -> (
    reports: [Report], unknown: Int
  ) {
    let own = fields.first { $0.name == Self.messageField }?.value
    let document = Self.document(body, fields)
    let found = list.flatMap { $0.value(in: document) } ?? document
    let items = found.array ?? [found]
    var reports: [Report] = []
    var unknown = max(0, items.count - Self.reportsMax)
    for item in items.prefix(Self.reportsMax) {
      guard let report = report(item, own: own) else {
        unknown += 1
        continue
      }
      reports.append(report)
    }
    return (reports, unknown)
  }

  /// Our own addition to the address that a message is to be reported to.
  public static let messageField = "message"

  private func report(_ item: JSONValue, own: String?) -> Report? {
    func text(_ pointer: JSONPointer?) -> String? { pointer.flatMap { $0.value(in: item)?.scalarText } }
    guard let word = text(status)?.lowercased(), let meaning = meanings[word] else { return nil }
    let message = (text(message) ?? own)?.prefix(scalars: AnswerRules.idScalarsMax)
    let id = text(id)?.prefix(scalars: AnswerRules.idScalarsMax)
    guard message != nil || id != nil else { return nil }
    return Report(
      message: message, providerID: id, meaning: meaning,
      reason: [word, text(reason) ?? ""].filter { !$0.isEmpty }.joined(separator: " ").prefix(scalars: 300))
  }

  /// A form and a query become an object of texts.
  private static func document(_ body: [UInt8], _ query: [(name: String, value: String)]) -> JSONValue {
    let first = body.first { $0 > 0x20 }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      do throws(JSONError) { return try JSONValue(parsing: body) } catch { return .null }
    }
    var members: [JSONValue.Member] = []
    for field in PercentEncoding.fields(body) + query where !members.contains(where: { $0.key == field.name }) {
      members.append(.init(field.name, .string(field.value)))
    }
    return .object(members)
  }
}

extension CallbackRules {
  /// Reads a channel's `callback`.
  public init(_ callback: JSONValue) throws(Problem) {
    self.init()
    var findings: [Problem.Finding] = []
    let words = Meaning.allCases.map(\.rawValue)
    let places = ["list", "message", "id", "status", "reason"]
    guard let members = callback.members else {
      throw .invalid("/callback", "write an object: status, message or id, \(words.joined(separator: ", "))")
    }
    for member in members {
      let place = "/callback/" + pointerToken(member.key)
      if places.contains(member.key) {
        guard let pointer = member.value.string.flatMap(JSONPointer.init) else {
          findings.append(.init(pointer: place, detail: "write a JSON pointer such as \"/status\" (RFC 6901)"))
          continue
        }
        switch member.key {
        case "list": list = pointer
        case "message": message = pointer
        case "id": id = pointer
        case "status": status = pointer
        default: reason = pointer
        }
      } else if let meaning = Meaning(rawValue: member.key) {
        let texts = (member.value.array ?? [member.value]).compactMap(\.scalarText)
        if texts.isEmpty || texts.count > 100 {
          findings.append(.init(pointer: place, detail: "write the provider's words for it, 100 at most"))
        }
        for text in texts { meanings[text.lowercased()] = meaning }
      } else if member.key == "signature" {
        signature = Self.signature(member.value, &findings)
      } else {
        findings.append(
          .init(
            pointer: place,
            detail: "a callback has \((places + words + ["signature"]).joined(separator: ", "))"))
      }
    }
    if status == nil { findings.append(.init(pointer: "/callback/status", detail: "say where the status stands")) }
    if meanings.isEmpty {
      findings.append(.init(pointer: "/callback", detail: "say which words mean \(words.joined(separator: ", "))"))
    }
    guard findings.isEmpty else {
      throw Problem(.invalid, "the channel's callback cannot be used", findings: findings)
    }
  }

  private static func signature(_ value: JSONValue, _ findings: inout [Problem.Finding]) -> Signature? {
    guard let header = value["header"]?.string, let secret = value["secret"]?.string, !header.isEmpty, !secret.isEmpty,
      ["hex", "base64"].contains(value["encoding"]?.string ?? "hex")
    else {
      findings.append(
        .init(
          pointer: "/callback/signature",
          detail:
            "write {\"header\":\"X-Signature\",\"secret\":\"…\",\"encoding\":\"hex\"|\"base64\",\"prefix\":\"sha256=\"}"
        ))
      return nil
    }
    return Signature(
      header: header, key: SymmetricKey(data: Array(secret.utf8)), isBase64: value["encoding"]?.string == "base64",
      prefix: value["prefix"]?.string ?? "")
  }
}
