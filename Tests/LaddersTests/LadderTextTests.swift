import Ladders
import RoostCore
import Testing

@Suite struct LadderTextTests {
  /// Every text with all its `$`, as Ladder's documentation says it.
  @Test(arguments: [
    ("plain", "plain"), ("${a}", "1"), ("x${a}y${a}", "x1y1"), ("$${a}", "${a}"), ("${a", "${a"), ("$", "$"),
    ("{{ ${a} }}", "{{ 1 }}"), ("${a}}", "1}"), ("$a", "$a"),
  ])
  func placesAreFilled(_ text: String, _ expected: String) throws {
    let ladder: JSONValue = [
      "ladder": "t", "row": "${a}", "columns": ["a": "text"],
      "each": [["segment": "s", "name": .string(text), "event": "E"]],
    ]
    let table = LadderTable(header: ["a"], rows: [.init(line: 2, cells: ["1"])])
    let expansion = try Ladder(json: ladder).expand(table)
    #expect(expansion.findings.isEmpty)
    #expect(expansion.documents.first?.body["name"]?.string == expected)
  }
}
