import RoostCore
import Testing

@testable import Channels

/// Who may read a user's messages: whoever has what only the shop's server can make.
@Suite struct UserTokenTests {
  private static let now = Instant(milliseconds: 1_700_000_000_000)

  private func isGenuine(_ token: String, _ user: String, _ secret: String = "key") -> Bool {
    UserToken.isGenuine(token, of: user, secret: secret, now: Self.now)
  }

  /// HMAC-SHA256 of "The quick brown fox jumps over the lazy dog" by "key", as Wikipedia's article on HMAC has it.
  @Test func knownCode() {
    let user = "The quick brown fox jumps over the lazy dog"
    let code = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    #expect(isGenuine(code, user) && isGenuine(code.uppercased(), user))
    #expect(!isGenuine(code, user + ".") && !isGenuine(code, user, "kex") && !isGenuine("", user))
    #expect(!isGenuine(String(code.dropLast()) + "9", user) && !isGenuine(String(code.dropLast(2)), user))
    #expect(!isGenuine(String(code.dropLast()) + "g", user) && !isGenuine(code, ""))
  }

  /// `printf 42.1700000001 | openssl dgst -sha256 -hmac key`, and of 42.1700000000.
  @Test func endsInTime() {
    #expect(isGenuine("1700000001.c986476f022a4a8722a1ed3fa49becb06979e278c10342af5c2d266ec2c84c24", "42"))
    #expect(!isGenuine("1700000000.9b9c7cfa6e733307cd881c6bd983fca6010a1c3568fbf7d5e755e86ad267ab65", "42"))
    #expect(
      !isGenuine("1700000002.c986476f022a4a8722a1ed3fa49becb06979e278c10342af5c2d266ec2c84c24", "42")
        && !isGenuine("x.c986476f022a4a8722a1ed3fa49becb06979e278c10342af5c2d266ec2c84c24", "42")
        && !isGenuine("c986476f022a4a8722a1ed3fa49becb06979e278c10342af5c2d266ec2c84c24", "42"))
  }
}
