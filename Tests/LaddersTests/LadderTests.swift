import Ladders
import RoostCore
import Testing

/// A small ladder as its file has it.
private let document: JSONValue = [
  "ladder": "deposit", "name": "To the first deposit", "row": "${offer}-${country}",
  "events": ["install": "App Installed"],
  "columns": [
    "offer": "text", "country": "country", "link": "url", "push": "text",
    "bonus": ["type": "number", "optional": true],
  ],
  "missing": "pause",
  "once": [["segment": "players", "all": [["event": "${event.install}", "count": ["atLeast": 1]]]]],
  "each": [
    [
      "template": "${row}-install", "channel": "push", "title": "${offer}", "body": "${push} $${kept}",
      "url": "${link}",
    ],
    [
      "journey": "${row}", "enter": ["event": "${event.install}", "where": ["country": ["is": "${country}"]]],
      "steps": [
        ["given": "bonus", "set": ["trait": "bonus", "to": "${bonus}"]],
        ["send": ["id": "install", "channel": "push", "template": "${row}-install"]],
      ],
    ],
  ],
]

private func table(_ rows: [[String]]) -> LadderTable {
  LadderTable(
    header: ["offer", "country", "link", "push", "bonus"],
    rows: rows.enumerated().map { .init(line: $0.offset + 2, cells: $0.element) })
}

@Suite struct LadderTests {
  @Test func everyRowMakesItsDocuments() throws {
    let expansion = try Ladder(json: document).expand(
      table([["Lucky 7", "IT", "https://a.example/1", "Ciao", "100"], ["Star", "RU", "app://go", "Привет", ""]]))
    #expect(expansion.findings.isEmpty)
    #expect(
      expansion.documents.map(\.key)
        == ["players", "lucky-7-it-install", "lucky-7-it", "star-ru-install", "star-ru"])
    let template = expansion.documents[1]
    #expect(template.body["title"]?.string == "Lucky 7")
    #expect(template.body["body"]?.string == "Ciao ${kept}")
    #expect(template.body["template"] == nil)
    let journey = expansion.documents[2].body
    #expect(journey["enter"]?["where"]?["country"]?["is"]?.string == "IT")
    #expect(journey["tags"] == ["ladder-deposit"])
    #expect(journey["steps"]?.array?.count == 2)
    #expect(journey["steps"]?.array?[0]["set"]?["to"] == .int(100))
    // The row without a bonus has no step for it.
    #expect(expansion.documents[4].body["steps"]?.array?.count == 1)
  }

  @Test func aFindingOfTheServerLeadsBackToTheCell() throws {
    let expansion = try Ladder(json: document).expand(table([["Star", "RU", "app://go", "{{ oops", ""]]))
    let template = expansion.documents[1]
    #expect(template.line == 2)
    #expect(template.columns(at: "/body") == ["push"])
    #expect(template.columns(at: "/title") == ["offer"])
    #expect(expansion.documents[2].columns(at: "/enter") == ["country"])
    #expect(expansion.documents[2].columns(at: "/again") == [])
  }

  @Test func badCellsAreNamedByLineAndColumn() throws {
    let expansion = try Ladder(json: document).expand(
      table([
        ["Star", "Russia", "app://go", "Hi", "ten"], ["", "IT", "java script", "Hi", ""],
        ["Ok", "IT", "https://x.example", "Hi", ""],
        ["ok", "IT", "https://x.example", "Hi", ""], ["Казино", "DE", "https://x.example", "Hi", ""],
      ]))
    let places = expansion.findings.map { "\($0.line) \($0.column)" }
    #expect(
      places == ["2 country", "2 bonus", "3 offer", "3 link", "5 offer, country"])
    #expect(expansion.findings[0].detail == "\"Russia\" is no country; write two capitals, such as IT")
    // The Cyrillic name leaves the country as the row's key.
    #expect(expansion.documents.contains { $0.key == "de" })
  }

  @Test func aNameOfNothingIsNamed() throws {
    var ladder = try Ladder(json: document)
    ladder.rowName = "${offer}"
    let expansion = ladder.expand(table([["Казино", "DE", "https://x.example", "Hi", ""]]))
    #expect(expansion.findings.map(\.column) == ["offer"])
  }

  @Test func missingAndDoubleColumnsAreNamed() throws {
    let ladder = try Ladder(json: document)
    let short = ladder.expand(LadderTable(header: ["offer", "country", "country", "link"], rows: []))
    #expect(short.findings.map(\.column) == ["country", "push"])
    #expect(short.findings.allSatisfy { $0.line == 1 })
  }

  @Test func twoRowsNeverMakeTheSameDocument() throws {
    var ladder = try Ladder(json: document)
    ladder.each = [["template": "shared", "channel": "push", "title": "${offer}", "body": "x"]]
    let expansion = ladder.expand(
      table([["A", "IT", "https://x.example", "Hi", ""], ["B", "IT", "https://x.example", "Hi", ""]]))
    #expect(expansion.findings.map(\.line) == [3])
  }

  @Test func aWrongLadderSaysAllOfIt() throws {
    let wrong: JSONValue = [
      "ladder": "No Key", "columns": ["a": "colour", "row": "text"], "missing": "burn", "extra": 1,
      "each": [["journey": "${nothing}", "given": "b"], ["steps": []]], "once": [["segment": "s-${row}"]],
    ]
    do {
      _ = try Ladder(json: wrong)
      Issue.record("the ladder was taken")
    } catch {
      let pointers = Set(error.findings.map(\.pointer))
      #expect(
        pointers.isSuperset(of: [
          "/ladder", "/columns/a", "/columns/row", "/missing", "/extra", "/row", "/each/0/journey", "/each/0/given",
          "/each/1", "/once/0/segment",
        ]))
    }
  }
}
