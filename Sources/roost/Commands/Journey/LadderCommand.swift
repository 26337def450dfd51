import ArgumentParser
import Ladders
import RoostCore
import Server

/// `roost journey ladder LADDER OFFERS`
struct LadderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ladder", abstract: "Make one ladder's journeys for every offer of a table, or bring them up to date.",
    discussion: """
      LADDER is a YAML file with the documents of one ladder, OFFERS a CSV file with a row per offer (comma, semicolon \
      or tab; the first line names the columns). Every bad cell is named by line and column, and then nothing is \
      changed. Applying the same table again changes nothing; a changed row makes new versions of its own documents \
      only; what becomes of a journey whose row has gone, the ladder says with missing: keep, pause or archive.
      """)

  @Argument(help: "The ladder's file.") var ladder: String
  @Argument(help: "The table of offers.") var offers: String
  @Option(help: "The workspace's key.") var workspace: String?
  @Flag(help: "Print what would change, and change nothing.") var plan = false
  @Flag(help: "Write the documents to standard output and ask no server.") var print = false
  @Flag(help: "Put the journeys without publishing them.") var draft = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var client: ClientOptions

  func run() async throws {
    let definition = try readLadder()
    let table = try LadderFile.read(offers)
    let expansion = definition.expand(table)
    guard expansion.findings.isEmpty else {
      for finding in expansion.findings { Terminal.say(Self.text(of: finding, offers)) }
      let count = expansion.findings.count
      throw Failure(.foundProblem, "\(count) \(count == 1 ? "cell is" : "cells are") wrong; nothing was changed")
    }
    let files = expansion.documents.map { DefinitionFile($0, table: offers) }
    if print { return write(expansion.documents) }
    let settings = try await client.settings(workspace.map { [.workspace: $0] } ?? [:])
    var options = DefinitionOptions()
    options.draft = draft
    options.tag = definition.tag
    options.missing = definition.missing?.rawValue
    var call = DefinitionCall(documents: files, options: options)
    let (documents, table2) = (expansion.documents, offers)
    call.place = { index, pointer in Self.place(of: documents[index], pointer, table2) }
    let answer = try await call.send(plan ? "plan" : "apply", try client.api(settings), try settings.workspace())
    switch output.format {
    case .json: Terminal.write(json: answer)
    case .text: PlanText(answer).write()
    }
    if plan, answer["decisions"]?.int ?? 0 > 0 { throw Failure(.foundProblem, "") }
  }

  private func readLadder() throws -> Ladder {
    let text = String(decoding: try wholeFile(ladder), as: UTF8.self)
    do throws(Problem) { return try Ladder(json: try JSONValue(yaml: text)) } catch {
      let findings = error.findings.map { "\($0.pointer.isEmpty ? "the file" : $0.pointer): \($0.detail)" }
      throw Failure(.foundProblem, "\(ladder): " + ([error.message] + findings).joined(separator: "\n  "))
    }
  }

  private func write(_ documents: [LadderDocument]) {
    Terminal.write(
      json: .array(
        documents.map { ["kind": .string($0.kind.rawValue), "key": .string($0.key), "body": $0.body] }))
  }

  private static func text(of finding: LadderFinding, _ table: String) -> String {
    let column = finding.column.isEmpty ? "" : ", column \(finding.column)"
    return "\(table) line \(finding.line)\(column): \(finding.detail)"
  }

  /// The cells that a text of a document was made of.
  private static func place(of document: LadderDocument, _ pointer: String, _ table: String) -> String {
    let what = "\(document.kind.rawValue) \(document.key)\(pointer.isEmpty ? "" : " " + pointer)"
    guard let line = document.line else { return what }
    let columns = document.columns(at: pointer)
    guard !columns.isEmpty else { return "\(table) line \(line): \(what)" }
    return "\(table) line \(line), column \(columns.joined(separator: ", ")): \(what)"
  }
}

extension DefinitionFile {
  init(_ document: LadderDocument, table: String) {
    let place = document.line.map { "\(table) line \($0)" } ?? "once"
    self.init(
      kind: Kind(rawValue: document.kind.rawValue) ?? .journey, key: document.key, body: document.body, place: place)
  }
}
