import RoostCore
import Segments

extension WorkspaceSources {
  /// A journey as a trial has it.
  public struct TrialJourney: Sendable {
    /// The versions that anybody may be in, oldest first.
    public var documents: [Document]
    public var status: JourneyStatus
    /// The version that people enter.
    public var published: UInt32

    public init(documents: [Document], status: JourneyStatus, published: UInt32) {
      self.documents = documents
      self.status = status
      self.published = published
    }
  }

  /// These definitions with other segments and journeys, for trying something out on people of their own: nobody has to
  /// be filled, everything acts at once.
  ///
  /// - Parameters:
  ///   - segments: the newest version of each; their slots are their places.
  ///   - watching: conditions that are asked later, under other definitions: people are remembered for them too.
  ///   - trackers: those of an earlier trial over the same people, so that both mean the same by them.
  public func trial(
    segments: [Document], journeys: [TrialJourney], watching: [Expression], trackers: TrackerRegistry
  ) -> WorkspaceSources {
    var trial = self
    trial.trackers = trackers
    trial.watched = watching
    trial.epoch = 0
    trial.historyEpoch = 0
    trial.filledEpoch = 0
    trial.documents[.segment] = Dictionary(segments.map { ($0.key, [$0]) }) { $1 }
    trial.segments = [:]
    for (slot, segment) in segments.enumerated() { trial.segments[segment.key] = SegmentState(slot: slot, epoch: 0) }
    trial.documents[.journey] = [:]
    trial.journeys = [:]
    trial.broadcasts = [:]
    for journey in journeys {
      guard let key = journey.documents.last?.key else { continue }
      trial.documents[.journey]?[key] = journey.documents
      trial.journeys[key] = JourneyState(status: journey.status, published: journey.published, epoch: 0)
    }
    return trial
  }
}
