import Delivery
import RoostCore

/// A change of definitions, as it stands in the log. Applying the same changes in the same order gives the same set.
public enum DefinitionChange: Sendable, Equatable {
  case workspace(Workspace)
  /// A new version of a document.
  case document(WorkspaceID, Document)
  /// A journey was published (with the version that people enter from now on), paused, resumed or archived.
  case journey(WorkspaceID, key: String, status: JourneyStatus, published: UInt32)
  /// A broadcast stands somewhere else.
  case broadcast(WorkspaceID, key: String, BroadcastRun)
  /// Everybody was brought up to this epoch: segments up to it are exact, journeys up to it act.
  case filled(WorkspaceID, epoch: UInt32)
  /// When the workspace's people are there, and how they answer, as it was counted then.
  case activity(WorkspaceID, ActivityRecord)

  public var json: JSONValue {
    switch self {
    case .workspace(let workspace): ["change": "workspace", "workspace": workspace.json]
    case .document(let workspace, let document):
      ["change": "document", "workspace": .int(Int64(workspace.number)), "document": document.json]
    case .journey(let workspace, let key, let status, let published):
      [
        "change": "journey", "workspace": .int(Int64(workspace.number)), "key": .string(key),
        "status": .string(status.rawValue), "published": .int(Int64(published)),
      ]
    case .broadcast(let workspace, let key, let run):
      [
        "change": "broadcast", "workspace": .int(Int64(workspace.number)), "key": .string(key), "run": run.json,
      ]
    case .filled(let workspace, let epoch):
      ["change": "filled", "workspace": .int(Int64(workspace.number)), "epoch": .int(Int64(epoch))]
    case .activity(let workspace, let record):
      ["change": "activity", "workspace": .int(Int64(workspace.number)), "activity": record.json]
    }
  }

  public init?(json: JSONValue) {
    let workspace = json["workspace"]?.int.map { WorkspaceID(UInt32($0)) }
    switch (json["change"]?.string, workspace) {
    case ("workspace", _):
      guard let workspace = json["workspace"].flatMap(Workspace.init(json:)) else { return nil }
      self = .workspace(workspace)
    case ("document", let workspace?):
      guard let document = json["document"].flatMap(Document.init(json:)) else { return nil }
      self = .document(workspace, document)
    case ("journey", let workspace?):
      guard let key = json["key"]?.string, let status = json["status"]?.string.flatMap(JourneyStatus.init),
        let published = json["published"]?.int
      else { return nil }
      self = .journey(workspace, key: key, status: status, published: UInt32(published))
    case ("broadcast", let workspace?):
      guard let key = json["key"]?.string, let run = json["run"].flatMap(BroadcastRun.init(json:)) else { return nil }
      self = .broadcast(workspace, key: key, run)
    case ("filled", let workspace?):
      guard let epoch = json["epoch"]?.int else { return nil }
      self = .filled(workspace, epoch: UInt32(epoch))
    case ("activity", let workspace?):
      guard let record = json["activity"].flatMap(ActivityRecord.init(json:)) else { return nil }
      self = .activity(workspace, record)
    default: return nil
    }
  }
}

/// What an operator made of a journey.
public enum JourneyStatus: String, Sendable, CaseIterable {
  /// Put, never published.
  case draft
  case published
  case paused
  case archived
}
