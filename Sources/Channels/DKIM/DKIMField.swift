import RoostCore

/// A `DKIM-Signature` field (RFC 6376 3.5), relaxed/relaxed.
struct DKIMField {
  /// Up to and with `b=`.
  private var bytes: [UInt8]

  /// RFC 5322 2.1.1 wants lines of at most 78 characters.
  private static let (namesLineMax, signatureLineMax) = (70, 72)

  init(_ signer: DKIMSigner, _ content: DKIMContent, at time: Instant) {
    bytes = []
    bytes.reserveCapacity(1_536)
    bytes += "DKIM-Signature: v=1; a=\(signer.key.algorithm); c=relaxed/relaxed;\r\n".utf8
    bytes += " d=\(signer.domain); s=\(signer.selector); t=\(max(0, time.milliseconds / 1_000));\r\n h=".utf8
    var column = 3
    for (place, name) in content.names.enumerated() {
      if column + name.count > Self.namesLineMax {
        append("\r\n ")
        column = 1
      }
      bytes += name
      bytes.append(place + 1 < content.names.count ? UInt8(ascii: ":") : UInt8(ascii: ";"))
      column += name.count + 1
    }
    append("\r\n bh=")
    Base64.append(content.bodyHash[...], to: &bytes)
    append(";\r\n b=")
  }

  init(text: String) { bytes = Array(text.utf8) }

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// The whole field with its CRLF.
  ///
  /// - Parameter fields: the signed fields in their canonical form.
  func signed(_ fields: [UInt8], by key: DKIMKey) throws(DKIMError) -> [UInt8] {
    var data: [UInt8] = []
    data.reserveCapacity(fields.count + bytes.count + 2)
    data += fields
    bytes.withUnsafeBufferPointer { DKIMCanonical.appendHeader($0, to: &data) }
    // The signature's own field is signed without its CRLF (RFC 6376 3.7).
    data.removeLast(2)
    let signature = Base64.encode(try key.signature(of: data))
    var field = bytes
    field.reserveCapacity(bytes.count + signature.count + signature.count / Self.signatureLineMax * 3 + 2)
    for start in stride(from: 0, to: signature.count, by: Self.signatureLineMax) {
      if start > 0 { field += [0x0D, 0x0A, 0x20] }
      field += signature[start..<min(start + Self.signatureLineMax, signature.count)]
    }
    field += [0x0D, 0x0A]
    return field
  }
}
