import Delivery
import Engine
import RoostCore

extension Partition {
  /// Writes down what the people of each workspace are like that chooses hours or channels by it: before the first inputs of
  /// a day. Decisions then rest on a record, so that a replay and a rehearsal come to the same.
  func noteActivity() {
    let now = now()
    let day = now.milliseconds / Instant.millisecondsPerDay
    guard day != activityDay, failure == nil else { return }
    activityDay = day
    var changes: [DefinitionChange] = []
    for sources in definitions.workspaces {
      let id = sources.workspace.id
      guard let known = compiled[id]?.definitions, known.learns, let counts = counts[id],
        known.activityAt == .distantPast || known.activityAt.milliseconds / Instant.millisecondsPerDay != day
      else { continue }
      var record = ActivityRecord(at: now, workspace: counts.activity.clamped)
      for slot in known.learnedSegments { record.segments[slot] = (counts.segmentActivity[slot] ?? .init()).clamped }
      changes.append(.activity(id, record))
    }
    guard !changes.isEmpty else { return }
    do throws(Problem) { try change(changes) } catch { fail(error.message) }
    activityDay = day
  }
}
