import Events
import RoostCore
import Testing

/// The layout of a record is in logs for ever: these bytes were written out by hand from its description.
@Suite struct EventRecordTests {
  @Test func bytesOfARecord() {
    var writer = EventWriter()
    func raw(_ text: StaticString) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
    writer.begin(
      .track, name: Symbol(0x0102), timestamp: Instant(milliseconds: 1), receivedAt: Instant(milliseconds: 2),
      isHistorical: true, messageID: raw("m1"))
    writer.identifier(.user, raw("u"))
    writer.beginFields()
    writer.null(.property, Symbol(3))
    writer.bool(.trait, Symbol(4), true)
    writer.number(.property, Symbol(5), 1.0)
    writer.string(.context, Symbol(6), raw("hi"))
    let range = writer.end()
    var hash: [UInt8] = []
    hash.append(
      word: raw("m1").withMemoryRebound(to: UInt8.self) {
        hash64(UnsafeRawBufferPointer($0), seed: 0x524F_4F53_545F_4D49)
      })
    let head: [UInt8] = [83, 0, 0, 0, 2, 1, 1, 0, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    let rest: [UInt8] = [46, 0, 0, 0, 2, 0x6D, 0x31, 1, 1, 0x75, 4, 0]
    let fields: [UInt8] =
      [1, 0, 3, 0, 0, 0] + [2, 2, 4, 0, 0, 0] + [1, 3, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
      + [4, 4, 6, 0, 0, 0, 2, 0x68, 0x69]
    #expect(writer.bytes == head + hash + rest + fields)
    #expect(range == 0..<83)
  }

  @Test func longTextsKeepTheirLength() {
    for count in [0, 1, 127, 128, 16_383, 16_384, 70_000] {
      var writer = EventWriter()
      let text = [UInt8](repeating: 0x61, count: count)
      text.withUnsafeBytes { text in
        writer.begin(
          .page, name: .none, timestamp: noon, receivedAt: noon, isHistorical: false, messageID: text)
        writer.beginFields()
        writer.string(.property, Symbol(9), text)
        writer.json(.property, Symbol(10), text)
        writer.bool(.consent, Symbol(11), false)
      }
      writer.end()
      writer.bytes.withUnsafeBytes { bytes in
        let view = EventView(trusted: bytes)
        #expect(view.messageID.utf8.count == count)
        var cursor = view.fields
        #expect(cursor.next()?.bytes.count == count)
        #expect(cursor.next()?.bytes.count == count)
        #expect(cursor.next()?.value == .bool(false))
        #expect(cursor.next()?.symbol == nil)
      }
    }
  }

  @Test func anAbandonedRecordLeavesNoTrace() {
    var writer = EventWriter()
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    func begin() {
      writer.begin(.identify, name: .none, timestamp: noon, receivedAt: noon, isHistorical: false, messageID: empty)
    }
    begin()
    writer.beginFields()
    writer.end()
    let before = writer.bytes
    begin()
    writer.beginFields()
    writer.number(.property, Symbol(5), 2)
    writer.abandon()
    #expect(writer.bytes == before)
  }
}
