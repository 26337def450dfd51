import Engine
import Journeys
import RoostCore

extension Partition {
  /// What somebody has to decide about the people inside before a version is published; empty if nothing.
  func insideFindings(
    _ sources: WorkspaceSources, _ key: String, _ number: UInt32
  ) throws(Problem) -> [Problem.Finding] {
    guard let document = sources.document(.journey, key, version: number), let state = sources.journeys[key] else {
      return []
    }
    let definition = try JourneyDefinition(json: document.body)
    let groups = steps(key, state.published, sources.workspace.id).filter { $0.waiting > 0 }.map {
      DefinitionPlan.Group(step: $0.id, version: $0.version, people: $0.waiting, goes: "")
    }
    let change = DefinitionPlan.Change(kind: .changed, document: .journey, key: key, version: number)
    let finding =
      InsideFate(change, definition).decision(of: groups, at: "")
      ?? repetition(sources, definition, number, groups, at: "")
    return finding.map { [$0] } ?? []
  }

  /// A message that people who are moved might get a second time; `nil` if none.
  func repetition(
    _ sources: WorkspaceSources, _ definition: JourneyDefinition, _ number: UInt32, _ groups: [DefinitionPlan.Group],
    at pointer: String
  ) -> Problem.Finding? {
    guard case .migrate = definition.inside else { return nil }
    let published = sources.publications(of: definition.key)
    func version(_ number: UInt32) -> JourneyDefinition? {
      // It was checked when it was put.
      sources.document(.journey, definition.key, version: number).flatMap { try? JourneyDefinition(json: $0.body) }
    }
    for group in groups where group.version != number {
      guard let step = group.step, let older = version(group.version) else { continue }
      let earlier = published.filter { $0 < group.version }.compactMap(version)
      guard let first = definition.messagesRepeated(from: step, of: older, earlier: earlier).first else { continue }
      return .init(
        pointer: pointer + "/inside/migrate",
        detail:
          "people at \(step) of version \(group.version) may have had the message \(first), and would get it again; send "
          + "them behind it, or give the step another id if that is meant")
    }
    return nil
  }
}
