import RoostCore

/// How identifiers are written so that equal ones have equal bytes. Versioned: hashes of normalised values are in logs, so
/// a better rule is a new version, never a change of an old one.
public enum IdentifierRules: UInt8, Hashable, Sendable, CaseIterable {
  /// All: white space around is cut. E-mail: lower case, no other folding (dots and `+tag` count). Phone: E.164.
  case v1 = 1

  public static let current = IdentifierRules.v1

  /// Appends the normal form; false, and nothing appended, if the text is no identifier of that kind. Normalising again
  /// changes nothing.
  public func normalize(_ kind: IdentifierKind, _ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) -> Bool {
    let trimmed = Self.trimmed(text)
    switch kind {
    case .email: return EmailRule.normalize(trimmed, into: &bytes)
    case .phone: return PhoneRule.normalize(trimmed, into: &bytes)
    case .user, .device, .anonymous, .custom, .previous:
      guard !trimmed.isEmpty, trimmed.count <= EventLimits.identifierBytesMax else { return false }
      bytes.append(contentsOf: trimmed)
      return true
    }
  }

  /// The normal form of a text; `nil` if it is no identifier of that kind.
  public func normalize(_ kind: IdentifierKind, _ text: String) -> String? {
    var bytes: [UInt8] = []
    var text = text
    guard text.withUTF8({ normalize(kind, UnsafeRawBufferPointer($0), into: &bytes) }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Without white space at both ends: ASCII's, control characters, and U+00A0, which comes with text copied from pages.
  static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    var end = text.count
    while start < end {
      if text[start] <= 0x20 {
        start += 1
      } else if end - start >= 2, text[start] == 0xC2, text[start + 1] == 0xA0 {
        start += 2
      } else {
        break
      }
    }
    while start < end {
      if text[end - 1] <= 0x20 {
        end -= 1
      } else if end - start >= 2, text[end - 2] == 0xC2, text[end - 1] == 0xA0 {
        end -= 2
      } else {
        break
      }
    }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }
}
