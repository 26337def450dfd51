import Events
import RoostCore

extension IdentifierKind {
  /// How well an identifier tells people apart, 0 best: user, custom, email, phone, device, anonymous. `previous` names
  /// nobody by itself.
  @inlinable
  public var rank: Int {
    switch self {
    case .user: 0
    case .custom: 1
    case .email: 2
    case .phone: 3
    case .device: 4
    case .anonymous: 5
    case .previous: 6
    }
  }

  /// Whether it belongs to a person rather than to a thing that people share.
  @inlinable
  public var isStrong: Bool { rank <= IdentifierKind.phone.rank }

  /// What an identifier is one of: two people with different ones of a family are taken for different people. E-mail
  /// addresses are a family, phone numbers are, and so is each type of custom identifier (`crm` of `crm:42`); 0 for others.
  public func family(of value: UnsafeRawBufferPointer) -> UInt64 {
    switch self {
    case .email, .phone: return UInt64(rawValue)
    case .custom:
      let end = value.firstIndex(of: 0x3A) ?? value.count
      return hash64(UnsafeRawBufferPointer(rebasing: value[..<end]), seed: UInt64(rawValue)) | 1 << 63
    case .user, .device, .anonymous, .previous: return 0
    }
  }

  func family(of value: String) -> UInt64 {
    var value = value
    return value.withUTF8 { family(of: UnsafeRawBufferPointer($0)) }
  }
}
