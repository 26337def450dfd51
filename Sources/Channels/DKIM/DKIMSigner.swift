import Crypto
import RoostCore

/// Who signs: a domain, the selector under which it publishes the public key, and the private key.
public struct DKIMSigner: Sendable {
  public let domain: String
  public let selector: String
  public let key: DKIMKey

  /// - Throws: `DKIMError` when domain or selector cannot stand in a signature (RFC 6376 3.1, 3.5).
  public init(domain: String, selector: String, key: DKIMKey) throws(DKIMError) {
    guard Self.isName(domain), domain.contains(".") else {
      throw DKIMError("domain is no domain name in ASCII, such as shop.example (xn--… for other scripts)")
    }
    guard Self.isName(selector) else {
      throw DKIMError("selector is no name of letters, digits, hyphens and dots, such as roost2026")
    }
    self.domain = domain
    self.selector = selector
    self.key = key
  }

  /// Where the public key's record belongs.
  public var recordName: String { "\(selector)._domainkey.\(domain)" }

  private static func isName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return text.utf8.count <= 190
      && labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
          && label.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
              || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
          }
      }
  }
}

extension EncodedEmail {
  /// Fields that are signed where the message has them, as RFC 6376 5.4.1 and RFC 8058 4 ask.
  private static let signedFields = [
    "from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id",
  ]
  /// Named once more than they occur: nobody can add a second one that readers would show (RFC 6376 8.15).
  private static let sealedFields: Set<String> = ["from", "to", "subject", "content-type"]

  /// Puts a signature of each signer before the message.
  ///
  /// - Parameter time: when it is signed; the same message and time give the same bytes.
  public mutating func sign(by signers: [DKIMSigner], at time: Instant) throws(DKIMError) {
    guard !signers.isEmpty else { return }
    let headerEnd = Self.headerEnd(of: bytes)
    let fields = Self.fields(bytes[..<headerEnd])
    let bodyHash = SHA256.hash(data: DKIMCanonical.body(bytes[min(headerEnd + 2, bytes.count)...]))
    var names: [String] = []
    var signed: [UInt8] = []
    for name in Self.signedFields {
      let found = fields.filter { Self.isField($0, name) }
      // The lowest comes first (RFC 6376 5.4.2).
      for field in found.reversed() {
        names.append(name)
        DKIMCanonical.appendHeader(field, to: &signed)
      }
      if Self.sealedFields.contains(name) { names.append(name) }
    }
    var signatures: [UInt8] = []
    for signer in signers {
      let field = DKIMField(signer, names: names, bodyHash: Array(bodyHash), at: time)
      signatures += try field.signed(signed, by: signer.key)
    }
    bytes.insert(contentsOf: signatures, at: 0)
  }

  /// Where the empty line between header and body begins, or the end.
  private static func headerEnd(of bytes: [UInt8]) -> Int {
    var place = 0
    while place + 3 < bytes.count {
      if bytes[place] == 0x0D, bytes[place + 1] == 0x0A, bytes[place + 2] == 0x0D, bytes[place + 3] == 0x0A {
        return place + 2
      }
      place += 1
    }
    return bytes.count
  }

  /// The header's fields, each with its folded lines.
  private static func fields(_ header: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    var start = header.startIndex
    var place = start
    while place < header.endIndex {
      guard header[place] == 0x0A else {
        place += 1
        continue
      }
      place += 1
      if place < header.endIndex, header[place] == 0x20 || header[place] == 0x09 { continue }
      fields.append(header[start..<place])
      start = place
    }
    if start < header.endIndex { fields.append(header[start...]) }
    return fields
  }

  private static func isField(_ field: ArraySlice<UInt8>, _ name: String) -> Bool {
    var place = field.startIndex
    for byte in name.utf8 {
      guard place < field.endIndex else { return false }
      let character = field[place]
      guard ((0x41...0x5A).contains(character) ? character | 0x20 : character) == byte else { return false }
      place += 1
    }
    return place < field.endIndex && field[place] == UInt8(ascii: ":")
  }
}

/// A `DKIM-Signature` field (RFC 6376 3.5), relaxed/relaxed.
struct DKIMField {
  /// Up to and with `b=`.
  let text: String

  init(_ signer: DKIMSigner, names: [String], bodyHash: [UInt8], at time: Instant) {
    let hash = String(decoding: Base64.encode(bodyHash), as: UTF8.self)
    var lines = [
      "DKIM-Signature: v=1; a=\(signer.key.algorithm); c=relaxed/relaxed;",
      " d=\(signer.domain); s=\(signer.selector); t=\(max(0, time.milliseconds / 1_000));",
    ]
    var line = " h="
    for (place, name) in names.enumerated() {
      if line.utf8.count + name.utf8.count > 70 {
        lines.append(line)
        line = " "
      }
      line += name + (place + 1 < names.count ? ":" : ";")
    }
    lines.append(line)
    lines.append(" bh=\(hash);")
    text = lines.joined(separator: "\r\n") + "\r\n b="
  }

  init(text: String) { self.text = text }

  /// The whole field with its CRLF.
  ///
  /// - Parameter fields: the signed fields in their canonical form.
  func signed(_ fields: [UInt8], by key: DKIMKey) throws(DKIMError) -> [UInt8] {
    var data = fields
    DKIMCanonical.appendHeader(Array(text.utf8)[...], to: &data)
    // The signature's own field is signed without its CRLF (RFC 6376 3.7).
    data.removeLast(2)
    let signature = Base64.encode(try key.signature(of: data))
    var field = Array(text.utf8)
    for start in stride(from: 0, to: signature.count, by: 72) {
      if start > 0 { field.append(contentsOf: [0x0D, 0x0A, 0x20]) }
      field += signature[start..<min(start + 72, signature.count)]
    }
    field.append(contentsOf: [0x0D, 0x0A])
    return field
  }
}
