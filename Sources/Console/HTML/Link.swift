/// A place on this server: path segments and query items, percent-encoded (RFC 3986). It cannot lead elsewhere.
public struct Link: Hashable, Sendable {
  /// The encoded text, beginning with one `/`.
  public private(set) var text: String

  /// From decoded segments: `Link("console", "shop", "people")`.
  public init(_ segments: String...) {
    self.init(segments: segments)
  }

  public init(segments: [String]) {
    text = ""
    for segment in segments {
      text += "/"
      Self.append(encoded: segment, to: &text)
    }
    if text.isEmpty { text = "/" }
  }

  /// From the path and query of a request, as it came; anything that is not a plain path on this server becomes `/`.
  public init(requested: String) {
    let bytes = Array(requested.utf8)
    let isPlain = bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }
    text = isPlain && bytes.first == UInt8(ascii: "/") && !requested.hasPrefix("//") ? requested : "/"
  }

  /// With another query item; one with an empty value is left out.
  public func adding(_ name: StaticString, _ value: String) -> Link {
    guard !value.isEmpty else { return self }
    var link = self
    link.text += text.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
    link.text += name.description + "="
    Self.append(encoded: value, to: &link.text)
    return link
  }

  /// Without the query items of that name.
  public func removing(_ name: StaticString) -> Link {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return self }
    let prefix = name.description + "="
    let kept = parts[1].split(separator: "&").filter { !$0.hasPrefix(prefix) }
    var link = self
    link.text = kept.isEmpty ? String(parts[0]) : parts[0] + "?" + kept.joined(separator: "&")
    return link
  }

  private static func append(encoded segment: String, to text: inout String) {
    // A segment of dots alone would climb the path.
    let dots = segment == "." || segment == ".."
    for byte in segment.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(UnicodeScalar(byte))
      case UInt8(ascii: ".") where !dots:
        text.append(".")
      default:
        text += byte < 16 ? "%0" : "%"
        text += String(byte, radix: 16, uppercase: true)
      }
    }
  }

  /// Decodes `%XX`; `nil` for broken escapes or bytes that are no UTF-8.
  public static func decode(_ segment: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = segment.utf8.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
