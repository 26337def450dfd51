import Delivery
import RoostCore
import Testing

@testable import Runtime

/// A device is whoever's it was last heard of, also after a crash.
@Suite struct DeviceOwnerTests {
  private func call(_ user: String, _ token: String, at: String = "1970-01-01T00:16:40Z", id: String) -> String {
    #"""
    {"type":"identify","userId":"\#(user)","messageId":"\#(id)","timestamp":"\#(at)",
     "context":{"device":{"type":"ios","token":"\#(token)"}}}
    """#
  }

  private func devices(_ desk: Desk, _ user: String) throws -> [String] {
    try desk.partition.devices(Desk.shop, PersonReference("user:\(user)")).compactMap { $0["token"]?.string }
  }

  @Test func moveToWhoeverSignsIn() throws {
    let desk = try Desk.open()
    try desk.batch([call("ann", "aa", id: "1"), call("ann", "bb", id: "2")])
    try desk.batch([call("bob", "aa", id: "3")])
    #expect(try devices(desk, "ann") == ["bb"] && devices(desk, "bob") == ["aa"])
    // Again and again, also within one batch.
    try desk.batch([call("ann", "aa", id: "4"), call("bob", "cc", id: "5")])
    #expect(try devices(desk, "ann") == ["aa", "bb"] && devices(desk, "bob") == ["cc"])
    try desk.batch([call("cid", "aa", id: "6"), call("dan", "aa", id: "7")])
    let owners = try ["ann", "cid", "dan"].filter { try devices(desk, $0).contains("aa") }
    #expect(owners.count == 1 && owners != ["ann"])
    let crashed = try desk.crashed()
    for user in ["ann", "bob", "cid", "dan"] { #expect(try devices(crashed, user) == devices(desk, user)) }
  }

  /// What is said of a time before the device was heard of at its present owner takes nothing from them.
  @Test func historyTakesNothing() throws {
    let desk = try Desk.open()
    try desk.batch([call("ann", "aa", id: "1")])
    try desk.batch([call("bob", "aa", at: "1970-01-01T00:00:10Z", id: "2")])
    #expect(try devices(desk, "ann") == ["aa"] && devices(desk, "bob").isEmpty)
  }

  /// Two who become one lose nothing to each other.
  @Test func mergingKeepsIt() throws {
    let desk = try Desk.open()
    try desk.batch([
      #"{"type":"identify","anonymousId":"v","messageId":"1","context":{"device":{"type":"ios","token":"aa"}}}"#
    ])
    try desk.batch([
      #"{"type":"identify","userId":"ann","anonymousId":"v","messageId":"2"}"#, call("ann", "aa", id: "3"),
    ])
    #expect(try devices(desk, "ann") == ["aa"])
    #expect(try devices(desk.crashed(), "ann") == ["aa"])
  }
}
