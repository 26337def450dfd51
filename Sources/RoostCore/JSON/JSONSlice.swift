/// The six kinds of JSON value; `true` and `false` apart.
@frozen
public enum JSONKind: UInt8, Hashable, Sendable {
  case null, no, yes, number, string, array, object
}

/// A value found and checked by a `JSONScanner`, as a place in its bytes.
@frozen
public struct JSONSlice: Hashable, Sendable {
  public var kind: JSONKind
  /// A string that contains escapes: its bytes are not its text.
  public var isEscaped: Bool
  @usableFromInline
  var startOffset: UInt32
  @usableFromInline
  var endOffset: UInt32

  @inlinable
  public init(_ kind: JSONKind, start: Int, end: Int, isEscaped: Bool = false) {
    self.kind = kind
    self.isEscaped = isEscaped
    startOffset = UInt32(truncatingIfNeeded: start)
    endOffset = UInt32(truncatingIfNeeded: end)
  }

  /// A string's range is that of its content, without the quotes.
  @inlinable
  public var start: Int { Int(startOffset) }
  @inlinable
  public var end: Int { Int(endOffset) }
  @inlinable
  public var range: Range<Int> { Range(uncheckedBounds: (start, end)) }
  @inlinable
  public var count: Int { end &- start }

  /// The bytes as sent, out of the bytes that were scanned.
  @inlinable
  public func bytes(in whole: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: whole[range])
  }

  /// A string's text, unescaped; any other value as it was written.
  public func text(in whole: UnsafeRawBufferPointer) -> String {
    guard isEscaped else { return String(decoding: bytes(in: whole), as: UTF8.self) }
    var unescaped: [UInt8] = []
    unescaped.append(unescaping: bytes(in: whole))
    return String(decoding: unescaped, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends the text of a JSON string's content; trusts that a `JSONScanner` has accepted it.
  public mutating func append(unescaping content: UnsafeRawBufferPointer) {
    reserveCapacity(count + content.count)
    var offset = 0
    while offset < content.count {
      let byte = content[offset]
      offset += 1
      guard byte == UInt8(ascii: "\\"), offset < content.count else {
        append(byte)
        continue
      }
      let escape = content[offset]
      offset += 1
      switch escape {
      case UInt8(ascii: "b"): append(0x08)
      case UInt8(ascii: "f"): append(0x0C)
      case UInt8(ascii: "n"): append(0x0A)
      case UInt8(ascii: "r"): append(0x0D)
      case UInt8(ascii: "t"): append(0x09)
      case UInt8(ascii: "u"):
        let (scalar, length) = JSONScanner.escapedScalar(content, at: offset)
        append(scalar: scalar)
        offset += length
      default: append(escape)
      }
    }
  }

  /// Appends a scalar value as UTF-8 (RFC 3629).
  mutating func append(scalar: UInt32) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F | 0x80 }
    switch scalar {
    case ..<0x80: append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
      append(UInt8(truncatingIfNeeded: scalar >> 6) | 0xC0)
      append(tail(0))
    case ..<0x1_0000:
      append(UInt8(truncatingIfNeeded: scalar >> 12) | 0xE0)
      append(tail(6))
      append(tail(0))
    default:
      append(UInt8(truncatingIfNeeded: scalar >> 18) | 0xF0)
      append(tail(12))
      append(tail(6))
      append(tail(0))
    }
  }
}

extension JSONScanner {
  /// The scalar after `\u` in accepted content, and how many bytes it took: 4, or 10 for a surrogate pair.
  static func escapedScalar(_ content: UnsafeRawBufferPointer, at offset: Int) -> (scalar: UInt32, length: Int) {
    guard offset + 4 <= content.count else { return (0xFFFD, content.count - offset) }
    let high = hexadecimal(content, at: offset)
    guard high & 0xFC00 == 0xD800, offset + 10 <= content.count else { return (high, 4) }
    let low = hexadecimal(content, at: offset + 6)
    return (0x1_0000 + (high & 0x3FF) << 10 + low & 0x3FF, 10)
  }

  private static func hexadecimal(_ content: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
    var word: UInt32 = 0
    for index in offset..<(offset + 4) { word = word << 4 | UInt32(hexDigit(content[index]) ?? 0) }
    return word
  }

  /// 0–15; `nil` for a byte that is no hexadecimal digit.
  @inlinable
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x41...0x46: byte &- 0x37
    case 0x61...0x66: byte &- 0x57
    default: nil
    }
  }
}
