import Crypto
import RoostCore

/// By which a shop's server tells that a visitor is who they say: HMAC-SHA256 over the user's id, in hexadecimal digits, by
/// the secret of the shop's `inapp` channel. With a time before which it holds: `SECONDS.` and the code of `ID.SECONDS`.
public enum UserToken {
  /// Whether a token is that user's.
  public static func isGenuine(_ token: String, of userID: String, secret: String, now: Instant) -> Bool {
    guard token.utf8.count <= 128, !userID.isEmpty else { return false }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    var signed = userID
    if parts.count == 2 {
      guard let until = Int64(parts[0]), until > now.milliseconds / 1_000 else { return false }
      signed += ".\(parts[0])"
    }
    guard parts.count <= 2, let code = bytes(parts[parts.count - 1]) else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(
      code, authenticating: Array(signed.utf8), using: SymmetricKey(data: Array(secret.utf8)))
  }

  private static func bytes(_ hexadecimal: Substring) -> [UInt8]? {
    guard hexadecimal.utf8.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for byte in hexadecimal.utf8 {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }
}
