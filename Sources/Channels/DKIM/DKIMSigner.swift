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
  /// Puts a signature of each signer before the message.
  ///
  /// - Parameter time: when it is signed; the same message and time give the same bytes.
  public mutating func sign(by signers: [DKIMSigner], at time: Instant) throws(DKIMError) {
    guard !signers.isEmpty else { return }
    let content = bytes.withUnsafeBufferPointer { DKIMContent($0) }
    var signed: [UInt8] = []
    for signer in signers {
      signed += try DKIMField(signer, content, at: time).signed(content.fields, by: signer.key)
    }
    signed.reserveCapacity(signed.count + bytes.count)
    signed += bytes
    bytes = signed
  }
}
