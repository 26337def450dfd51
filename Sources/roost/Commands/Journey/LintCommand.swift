import ArgumentParser
import RoostCore

/// `roost journey lint FILE…`
struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Look for what goes wrong in journeys, before they are published.",
    discussion: """
      Each finding has a code (docs/lint.md explains them all), its file and line, and a story: what somebody has to do \
      for it to happen, and what one sees then. The files are looked at together with what is published in the \
      workspace; nothing is kept. Exit code 1 if there is an error among the findings.
      """)

  @Argument(help: "YAML or JSON files, or directories of them.") var files: [String]
  @Option(help: "The workspace's key.") var workspace: String?
  @Flag(help: "Print the findings without their stories.") var brief = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func run() async throws {
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    let paths = files.flatMap { DefinitionFile.paths(below: $0) }
    guard !paths.isEmpty else { throw Failure(.foundProblem, "no YAML or JSON file is there") }
    let text = try LintText(paths)
    let path = "/api/v1/workspaces/\(percentEncoded(try settings.workspace()))/journeys/lint"
    let answer = try await client.api(settings).call(
      .POST, path, body: Array(text.text.utf8), type: "application/yaml")
    let findings = (answer["findings"]?.array ?? []).map { LintLine($0, text) }
    switch output.format {
    case .json: Terminal.write(json: ["findings": .array(findings.map(\.json))])
    case .text: for finding in findings { finding.write(withStory: !brief) }
    }
    let errors = findings.count(where: \.isError)
    Terminal.say(
      "\(errors) \(errors == 1 ? "error" : "errors"), \(findings.count - errors) "
        + "\(findings.count - errors == 1 ? "warning" : "warnings")")
    if errors > 0 { throw Failure(.foundProblem, "") }
  }
}

/// A finding as the command shows it, with the file that it is in.
struct LintLine {
  private let finding: JSONValue
  private let file: String?
  private let line: Int?

  init(_ finding: JSONValue, _ text: LintText) {
    self.finding = finding
    let place = finding["line"]?.int.flatMap { text.place(of: Int($0)) }
    file = place?.file
    line = place?.line
  }

  var isError: Bool { finding["severity"]?.string == "error" }

  var json: JSONValue {
    .object(
      (finding.members ?? []).map { member in
        member.key == "line" ? .init("line", line.map { .int(Int64($0)) } ?? .null) : member
      } + [.init("file", file.map { .string($0) } ?? .null)])
  }

  /// `journeys/a.yaml:12: error: order.after: …`, then the story, a line each.
  func write(withStory: Bool) {
    let place = file.map { "\($0)\(line.map { ":\($0)" } ?? ""): " } ?? ""
    let (severity, code) = (finding["severity"]?.string ?? "", finding["code"]?.string ?? "")
    Terminal.write(line: "\(place)\(severity): \(code): \(finding["message"]?.string ?? "")")
    guard withStory else { return }
    for item in finding["story"]?.array ?? [] { Terminal.write(line: "    " + Self.text(item)) }
  }

  /// `2026-01-05T10:00:00Z  event Signed Up {"plan":"gold"}`
  private static func text(_ item: JSONValue) -> String {
    var words = [(item["at"]?.string ?? "").replacing(".000Z", with: "Z") + " "]
    for member in item.members ?? [] where member.key != "at" && member.key != "user" {
      switch member.value {
      case .object:
        var bytes: [UInt8] = []
        member.value.write(into: &bytes)
        words.append(String(decoding: bytes, as: UTF8.self))
      case .string(let text):
        words.append(
          ["status", "reason", "why", "template"].contains(member.key) ? "(\(text))" : "\(member.key) \(text)")
      default: continue
      }
    }
    return words.joined(separator: " ")
  }
}
