import Delivery
import Engine
import Events
import Glibc
import History
import Journeys
import Profiles
import Rehearsal
import RoostCore
import Segments

extension Node {
  /// Begins a rehearsal; returns its id. Drafts in the request must be documents already.
  public func beginRehearsal(_ workspace: WorkspaceID, _ body: JSONValue) async throws(Problem) -> String {
    let request = try RehearsalRequest(json: body)
    let prepared = try await perform { partition throws(Problem) -> PreparedRehearsal in
      let material = try partition.rehearsalMaterial(workspace, request)
      guard let history = partition.histories[workspace] else {
        throw Problem(.notFound, "there is no such workspace")
      }
      return PreparedRehearsal(
        material: material, history: history, indexSeed: partition.indexSeed, now: partition.now())
    }
    var material = prepared.material
    let plan = try material.plan(zones)
    let sweep = HistorySweep(prepared.history)
    material.endArrival = sweep.endArrival
    let key = Rehearsals.Key(workspace: workspace, id: Self.rehearsalID())
    let queue = queue
    let run = RehearsalRun(
      plan: plan, material: material, folder: rehearsals.folder(key), sweep: sweep, indexSeed: prepared.indexSeed,
      createdAt: prepared.now, threads: Self.rehearsalThreads
    ) { queue.perform($0) }
    try rehearsals.add(key, run, at: prepared.now)
    do throws(Problem) {
      try run.start { [rehearsals] in rehearsals.settle(key) }
    } catch {
      rehearsals.remove(key)
      throw error
    }
    return key.id
  }

  private static var rehearsalThreads: Int { max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private static func rehearsalID() -> String {
    "rh_" + randomBytes(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// `{"id","state","progress","createdAt","request","summary"}`.
  public func describeRehearsal(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> JSONValue {
    let key = Rehearsals.Key(workspace: workspace, id: id)
    let entry = try rehearsals.entry(key)
    var members = try describe(key, entry)
    if let summary = rehearsals.folder(key).readSummary(), members.contains(where: { $0.value == "done" }) {
      members.append(.init("summary", summary))
    }
    return .object(members)
  }

  /// The newest first, without their summaries.
  public func listRehearsals(_ workspace: WorkspaceID) throws(Problem) -> [JSONValue] {
    var items: [JSONValue] = []
    for (key, entry) in rehearsals.all(workspace) { items.append(.object(try describe(key, entry))) }
    return items
  }

  private func describe(_ key: Rehearsals.Key, _ entry: Rehearsals.Entry) throws(Problem) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("id", .string(key.id)), .init("createdAt", .string(entry.createdAt.text)),
    ]
    guard let run = entry.run else {
      let request = rehearsals.folder(key).readMaterial()?["request"] ?? .null
      return members + [.init("state", "done"), .init("progress", 1), .init("request", request)]
    }
    switch run.state {
    case .running: members += [.init("state", "running"), .init("progress", .double(run.progress))]
    case .done: members += [.init("state", "done"), .init("progress", 1)]
    case .cancelled: members += [.init("state", "cancelled"), .init("progress", .double(run.progress))]
    case .failed(let problem):
      members += [
        .init("state", "failed"), .init("progress", .double(run.progress)), .init("error", .string(problem.message)),
      ]
    }
    return members + [.init("request", run.material.request.json)]
  }

  /// Stops a rehearsal that runs; one that has ended stays as it is.
  public func cancelRehearsal(_ workspace: WorkspaceID, _ id: String) throws(Problem) {
    try rehearsals.entry(Rehearsals.Key(workspace: workspace, id: id)).run?.cancel()
  }

  /// Forgets a rehearsal that has ended.
  public func deleteRehearsal(_ workspace: WorkspaceID, _ id: String) throws(Problem) {
    let key = Rehearsals.Key(workspace: workspace, id: id)
    if case .running? = try rehearsals.entry(key).run?.state {
      throw Problem(.conflict, "the rehearsal \(id) is running; cancel it first")
    }
    rehearsals.remove(key)
    rehearsals.folder(key).remove()
  }

  /// Ends what runs, so that its threads ask nothing of a committer that is gone.
  func endRehearsals() async {
    rehearsals.cancelAll()
    while rehearsals.isAnyRunning {
      do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
    }
  }
}

private struct PreparedRehearsal: Sendable {
  var material: RehearsalMaterial
  var history: HistoryStore
  var indexSeed: UInt64
  var now: Instant
}
