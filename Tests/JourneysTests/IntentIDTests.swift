import RoostCore
import Testing

@Suite struct IntentIDTests {
  static func id(
    workspace: UInt32 = 1, person: UInt64 = 2, journey: String = "winback", version: UInt32 = 3,
    step: String = "miss-you", entry: UInt32 = 4
  ) -> IntentID {
    IntentID(
      workspace: WorkspaceID(workspace), person: PersonID(person), journey: journey, version: version, step: step,
      entry: entry)
  }

  @Test func `The same for the same, another for anything else`() {
    let ids = [
      Self.id(), Self.id(workspace: 2), Self.id(person: 3), Self.id(journey: "winbac"), Self.id(version: 4),
      Self.id(step: "kmiss-you"), Self.id(entry: 5), Self.id(journey: "winbackmiss-you", step: ""),
    ]
    #expect(Self.id() == Self.id())
    #expect(Set(ids).count == ids.count)
  }

  /// Ids are in logs for ever: this one must never change. Calculated by an independent program (Python).
  @Test func `Stable`() {
    #expect(Self.id().text == "4d16b1740cf2b9014f39cb124f8f4b90")
  }

  @Test func `Text and back`() {
    let id = IntentID(high: 0x0123_4567_89AB_CDEF, low: 1)
    #expect(id.text == "0123456789abcdef0000000000000001")
    #expect(IntentID(text: id.text) == id)
    for text in ["", "0123", "0123456789ABCDEF0000000000000001", "0123456789abcdef000000000000000g"] {
      #expect(IntentID(text: text) == nil)
    }
  }
}
