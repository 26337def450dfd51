import Engine
import RoostCore

/// A workspace's numbers.
package struct OverviewView: Sendable {
  package var workspace: Workspace
  package var events: Int
  package var people: Int
  package var segments: Int
  /// Segments that are still being filled from history.
  package var fillingSegments: Int
  package var journeys: Int
  package var publishedJourneys: Int
}

extension Partition {
  package func overviewView(_ workspace: WorkspaceID) throws(Problem) -> OverviewView {
    guard let sources = definitions[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    let counts = counts[workspace] ?? WorkspaceCounts()
    return OverviewView(
      workspace: sources.workspace, events: counts.events, people: counts.people, segments: sources.segments.count,
      fillingSegments: sources.segments.values.count { $0.epoch > sources.filledEpoch },
      journeys: sources.journeys.count,
      publishedJourneys: sources.journeys.values.count { $0.status == .published })
  }

  /// Every workspace, in order of creation.
  package func overviewViews() throws(Problem) -> [OverviewView] {
    var views: [OverviewView] = []
    for sources in definitions.workspaces { views.append(try overviewView(sources.workspace.id)) }
    return views
  }
}
