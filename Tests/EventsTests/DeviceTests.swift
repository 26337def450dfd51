import Events
import RoostCore
import Testing

/// Where push messages reach a sender, from `context.device` as Segment's mobile libraries and our own send it.
@Suite struct DeviceTests {
  private func devices(_ context: String) throws -> [String] {
    let outcome = try parse(#"{"batch":[{"type":"track","event":"E","userId":"u","context":\#(context)}]}"#)
    #expect(outcome.rejected.isEmpty)
    return outcome.bytes.withUnsafeBytes { bytes in
      var found: [String] = []
      var cursor = EventView(trusted: bytes).fields
      while let field = cursor.next() {
        if field.section == .device { found.append(String(decoding: field.bytes, as: UTF8.self)) }
      }
      return found
    }
  }

  @Test(arguments: [
    // Segment's analytics-ios and analytics-android.
    (
      #"{"device":{"id":"d1","type":"ios","token":"ff15bc0c"},"app":{"namespace":"com.shop"}}"#,
      "+apns\nff15bc0c\n\ncom.shop"
    ),
    (#"{"device":{"type":"android","token":"fR3:APA91","model":"x"}}"#, "+fcm\nfR3:APA91\n\n"),
    // Firebase on an iPhone.
    (#"{"device":{"type":"ios","provider":"fcm","token":"fR3:APA91","app":"a.b"}}"#, "+fcm\nfR3:APA91\n\na.b"),
    (
      #"{"device":{"type":"web","subscription":{"endpoint":"https:\/\/push.example\/1","expirationTime":null,"keys":{"p256dh":"BP4z","auth":"BTBZ"}}}}"#,
      "+web\nhttps://push.example/1\nBP4z.BTBZ\n"
    ),
    (#"{"device":{"provider":"telegram","token":42}}"#, "+telegram\n42\n\n"),
  ])
  func isFound(context: String, text: String) throws {
    #expect(try devices(context) == [text])
    let notice = Array(text.utf8).withUnsafeBytes { DeviceNotice(reading: $0) }
    #expect(notice?.text == text)
  }

  /// What is no address is context and no more: an order must not be lost for it.
  @Test(arguments: [
    #"{"device":{"type":"ios"}}"#, #"{"device":{"type":"fridge","token":"x"}}"#,
    #"{"device":{"type":"ios","token":""}}"#,
    #"{"device":{"type":"ios","token":"a b"}}"#, #"{"device":{"type":"ios","token":{"a":1}}}"#, #"{"device":7}"#,
    #"{"device":{"type":"web","token":"https://push.example/1"}}"#,
    #"{"device":{"type":"web","subscription":{"endpoint":"https://push.example/1","keys":{"p256dh":"BP4z"}}}}"#,
    #"{"device":{"type":"ios","token":"line\nbreak"}}"#, #"{"device":null}"#,
  ])
  func isLeftAlone(context: String) throws { #expect(try devices(context).isEmpty) }

  @Test func isNotTooLong() throws {
    let long = String(repeating: "a", count: DeviceNotice.tokenBytesMax + 1)
    #expect(try devices(#"{"device":{"type":"ios","token":"\#(long)"}}"#).isEmpty)
  }
}
