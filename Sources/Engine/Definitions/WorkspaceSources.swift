import Delivery
import RoostCore
import Segments

/// One workspace's definitions as they were put: what `WorkspaceDefinitions` is compiled from.
public struct WorkspaceSources: Sendable, Equatable {
  /// A segment's place in people's memberships, and the epoch in which its newest version came.
  public struct SegmentState: Sendable, Equatable {
    public var slot: Int
    public var epoch: UInt32
    public init(slot: Int, epoch: UInt32) {
      self.slot = slot
      self.epoch = epoch
    }
  }

  public struct JourneyState: Sendable, Equatable {
    public var status: JourneyStatus
    /// The version that people enter; 0 if it was never published.
    public var published: UInt32
    /// People must be filled up to this epoch before its conditions can be asked; until then it waits as if paused.
    public var epoch: UInt32
    /// The versions that were ever published, oldest first; empty where that was not noted.
    public var publications: [UInt32] = []
    /// Since when people enter as they do now.
    public var since: Instant = .distantPast

    public init(status: JourneyStatus, published: UInt32, epoch: UInt32) {
      self.status = status
      self.published = published
      self.epoch = epoch
    }
  }

  public var workspace: Workspace
  /// All versions of each document, oldest first.
  public var documents: [DocumentKind: [String: [Document]]] = [:]
  public var segments: [String: SegmentState] = [:]
  public var journeys: [String: JourneyState] = [:]
  /// Where each broadcast stands.
  public var broadcasts: [String: BroadcastRun] = [:]
  public var trackers = TrackerRegistry()
  /// Counts the changes that need people to be filled from history.
  public var epoch: UInt32 = 0
  /// The last of these changes that brought new trackers: who was filled since needs no history for later ones.
  public var historyEpoch: UInt32 = 0
  /// Everybody is filled up to this epoch.
  public var filledEpoch: UInt32 = 0
  /// What the people are like, as it was last written down.
  public var activity = ActivityRecord()
  /// Conditions to remember people for, besides those of segments and journeys: of trials only, never stored.
  var watched: [Expression] = []

  public init(workspace: Workspace) { self.workspace = workspace }

  /// The newest version of a document.
  public func latest(_ kind: DocumentKind, _ key: String) -> Document? { documents[kind]?[key]?.last }

  public func document(_ kind: DocumentKind, _ key: String, version: UInt32) -> Document? {
    documents[kind]?[key]?.first { $0.version == version }
  }

  /// The rules for marketing messages as they were last put.
  func policies() throws(Problem) -> DeliveryPolicies {
    guard let document = latest(.policies, DeliveryPolicies.documentKey) else { return DeliveryPolicies() }
    return try DeliveryPolicies(json: document.body, version: document.version)
  }

  /// The newest versions of all documents of a kind, by key.
  public func all(_ kind: DocumentKind) -> [Document] {
    (documents[kind] ?? [:]).sorted { $0.key < $1.key }.compactMap { $0.value.last }
  }
}

extension WorkspaceSources {
  /// For a checkpoint.
  public var json: JSONValue {
    let documents = self.documents.values.flatMap { $0.values }.flatMap { $0 }
      .sorted { ($0.kind.rawValue, $0.key, $0.version) < ($1.kind.rawValue, $1.key, $1.version) }
    let activity: JSONValue = self.activity == ActivityRecord() ? .null : self.activity.json
    return [
      "workspace": workspace.json, "documents": .array(documents.map(\.json)),
      "segments": .object(
        segments.sorted { $0.key < $1.key }.map { key, state in
          .init(
            key,
            ["slot": .int(Int64(state.slot)), "epoch": .int(Int64(state.epoch))])
        }),
      "journeys": .object(
        journeys.sorted { $0.key < $1.key }.map { key, state in
          .init(
            key,
            [
              "status": .string(state.status.rawValue), "published": .int(Int64(state.published)),
              "epoch": .int(Int64(state.epoch)),
              "publications": .array(state.publications.map { .int(Int64($0)) }),
              "since": .int(state.since.milliseconds),
            ])
        }),
      "broadcasts": .object(broadcasts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) }),
      "trackers": trackers.json, "epoch": .int(Int64(epoch)), "historyEpoch": .int(Int64(historyEpoch)),
      "filledEpoch": .int(Int64(filledEpoch)), "activity": activity,
    ]
  }

  public init?(json: JSONValue) {
    guard let workspace = json["workspace"].flatMap(Workspace.init(json:)), let epoch = json["epoch"]?.int,
      let historyEpoch = json["historyEpoch"]?.int, let filledEpoch = json["filledEpoch"]?.int,
      let trackers = json["trackers"], let documents = json["documents"]?.array,
      let segments = json["segments"]?.members, let journeys = json["journeys"]?.members
    else { return nil }
    self.init(workspace: workspace)
    self.epoch = UInt32(epoch)
    self.historyEpoch = UInt32(historyEpoch)
    self.filledEpoch = UInt32(filledEpoch)
    do throws(Problem) { self.trackers = try TrackerRegistry(json: trackers) } catch { return nil }
    if let activity = json["activity"], activity != .null {
      guard let record = ActivityRecord(json: activity) else { return nil }
      self.activity = record
    }
    for member in json["broadcasts"]?.members ?? [] {
      guard let run = BroadcastRun(json: member.value) else { return nil }
      broadcasts[member.key] = run
    }
    for item in documents {
      guard let document = Document(json: item) else { return nil }
      self.documents[document.kind, default: [:]][document.key, default: []].append(document)
    }
    for member in segments {
      guard let slot = member.value["slot"]?.int, let epoch = member.value["epoch"]?.int else { return nil }
      self.segments[member.key] = SegmentState(slot: Int(slot), epoch: UInt32(epoch))
    }
    for member in journeys {
      guard let status = member.value["status"]?.string.flatMap(JourneyStatus.init),
        let published = member.value["published"]?.int, let epoch = member.value["epoch"]?.int
      else { return nil }
      var state = JourneyState(status: status, published: UInt32(published), epoch: UInt32(epoch))
      state.publications = (member.value["publications"]?.array ?? []).compactMap { $0.int.map { UInt32($0) } }
      state.since = Instant(milliseconds: member.value["since"]?.int ?? .min)
      self.journeys[member.key] = state
    }
  }
}
