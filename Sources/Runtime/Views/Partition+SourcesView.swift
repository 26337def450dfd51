import Engine
import RoostCore

extension Partition {
  /// A workspace's definitions as they were put, with the zones, the time and the names of traits and properties seen so
  /// far, for looking at drafts beside them.
  package func sources(
    of workspace: WorkspaceID
  ) throws(Problem) -> (sources: WorkspaceSources, zones: ZoneTable, now: Instant, names: [String]) {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    return (sources, zones, now(), symbols[workspace]?.names(from: 1) ?? [])
  }
}
