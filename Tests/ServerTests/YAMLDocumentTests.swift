import RoostCore
import Server
import Testing

/// Several documents in one text, and where their parts stand in it.
@Suite struct YAMLDocumentTests {
  @Test func linesAreThoseOfTheWholeText() throws {
    let text = """
      # about the first
      journey: a
      steps:
        - wait: 1d
        - send:
            id: s
      --- # the second
      journey: b
      enter: { event: X,
        where: { total: 1 } }
      ---
      # nothing
      ---
      c: "---"
      """
    let documents = YAMLDocument.all(in: text)
    #expect(documents.map { $0.line(of: "/journey") } == [2, 8, 14])
    #expect(documents[0].line(of: "/steps/1/send/id") == 6)
    // What is not there stands where it would be.
    #expect(documents[0].line(of: "/steps/1/send/template") == 5)
    #expect(documents[0].line(of: "/enter") == 2)
    #expect(documents[1].line(of: "/enter/where/total") == 10)
    #expect(try documents.map { try $0.content.get()["journey"]?.string } == ["a", "b", nil])
  }

  @Test func aWrongDocumentLeavesTheOthersAlone() throws {
    let documents = YAMLDocument.all(
      in: "a: [\n---\nb: 1\n---\n" + String(repeating: "[", count: 600) + "\n---\nd: 2\r\n")
    #expect(documents.count == 4)
    #expect((try? documents[0].content.get()) == nil && (try? documents[2].content.get()) == nil)
    #expect(try documents[1].content.get()["b"] == 1 && documents[3].content.get()["d"] == 2)
    #expect(documents.map(\.firstLine) == [1, 2, 4, 6])
  }

  @Test(arguments: ["", "---\n", "# only\n---\n# comments\n", "\n\n"])
  func nothingIsNoDocument(_ text: String) {
    #expect(YAMLDocument.all(in: text).isEmpty)
  }
}
