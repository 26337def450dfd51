import Engine
import RoostCore

extension Node {
  /// What a bundle would change, with how many people the changed segments would have.
  package func planDefinitions(_ workspace: WorkspaceID, _ bundle: DefinitionBundle) async throws(Problem) -> JSONValue
  {
    var plan = try await perform { partition throws(Problem) in try partition.plan(workspace, bundle) }
    var counted = 0
    for index in plan.changes.indices where plan.changes[index].document == .segment {
      guard plan.changes[index].kind != .unchanged, let draft = plan.changes[index].draft else { continue }
      // Each count reads the history; a plan with very many segments tells the numbers of the first.
      guard counted < Self.countedSegmentsMax else { break }
      counted += 1
      do throws(Problem) {
        let preview = try await previewSegment(workspace, bundle.drafts[draft].body)
        plan.changes[index].membersAfter = preview["count"]?.int.map { Int($0) }
      } catch {
        // It names a segment of the same bundle that is not there yet: then nobody can count it before.
        guard error.code == .invalid else { throw error }
      }
    }
    return plan.json(isApplied: false)
  }

  package func applyDefinitions(_ workspace: WorkspaceID, _ bundle: DefinitionBundle) async throws(Problem) -> JSONValue
  {
    let plan = try await perform { partition throws(Problem) in try partition.apply(workspace, bundle) }
    return plan.json(isApplied: true)
  }

  private static let countedSegmentsMax = 50
}
