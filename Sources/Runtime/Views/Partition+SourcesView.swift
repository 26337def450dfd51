import Engine
import RoostCore

extension Partition {
  /// A workspace's definitions as they were put, with the zones and the time, for looking at drafts beside them.
  package func sources(
    of workspace: WorkspaceID
  ) throws(Problem) -> (sources: WorkspaceSources, zones: ZoneTable, now: Instant) {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    return (sources, zones, now())
  }
}
