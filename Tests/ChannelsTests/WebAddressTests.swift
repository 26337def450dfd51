import NIOCore
import NIOPosix
import RoostCore
import Testing

@testable import Channels

/// Whom a URL means, and whether it may be talked to.
@Suite struct WebAddressTests {
  @Test func parts() throws {
    let address = try #require(WebAddress("HTTPS://Push.Example:8443/a/b?c=d#e"))
    #expect(address.isSecure && address.host == "push.example" && address.port == 8_443)
    #expect(address.target == "/a/b?c=d" && address.origin == "https://push.example:8443")
    #expect(WebAddress("http://[::1]:80")?.text == "http://[::1]/")
    #expect(WebAddress("https://h?x")?.target == "/?x" && WebAddress("https://h:443/")?.origin == "https://h")
  }

  @Test(arguments: [
    "", "ftp://h/", "https://", "https:///a", "https://u:p@h/", "https://u@h/", "https://h:0/", "https://h:99999/",
    "https://h:+1/", "https://h /", "https://h/\n", "https://a\u{0}b/", "https://[::1/", "https://[::1]x/", "//h/",
    "https://ex ample/", "https://h%00/", "javascript:alert(1)",
  ])
  func isNone(text: String) { #expect(WebAddress(text) == nil) }

  @Test(arguments: [
    ("127.0.0.1", false), ("10.1.2.3", false), ("172.16.0.1", false), ("172.32.0.1", true), ("192.168.1.1", false),
    ("169.254.169.254", false), ("100.64.0.1", false), ("100.128.0.1", true), ("0.0.0.0", false), ("224.0.0.1", false),
    ("255.255.255.255", false), ("8.8.8.8", true), ("192.0.2.1", false), ("198.19.0.1", false), ("::1", false),
    ("fe80::1", false), ("fd00::1", false), ("ff02::1", false), ("2a00:1450:4001::1", true), ("::ffff:10.0.0.1", false),
    ("::ffff:8.8.8.8", true), ("64:ff9b::a00:1", false), ("2002:a00:1::", false), ("2001:db8::1", false), ("::", false),
  ])
  func isPublic(text: String, answer: Bool) throws {
    #expect(NetworkAddress.isPublic(try SocketAddress(ipAddress: text, port: 80)) == answer)
  }

  /// A name or number of this machine is refused before a byte is sent, whatever its form.
  @Test(arguments: [
    "http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "http://0x7f.1:9/", "http://2130706433:9/",
  ])
  func thisMachineIsRefused(url: String) async throws {
    let client = try WebClient(group: MultiThreadedEventLoopGroup.singleton)
    await #expect(throws: WebFailure.self) { try await client.send(WebRequest(url: url)) }
    do throws(WebFailure) { _ = try await client.send(WebRequest(url: url)) } catch {
      guard case .refused = error else {
        Issue.record("\(url): \(error)")
        return
      }
    }
    await client.shutdown()
  }
}
