import Delivery
import Engine
import Events
import History
import Journeys
import Profiles
import Rehearsal
import RoostCore
import Segments

/// Which of a rehearsal's messages are asked for.
public struct RehearsedMessageFilter: Sendable {
  public var person: PersonID?
  public var journey: String?
  public var status: MessageStatus?

  public init(person: PersonID? = nil, journey: String? = nil, status: MessageStatus? = nil) {
    self.person = person
    self.journey = journey
    self.status = status
  }
}

extension Node {
  /// A page of a finished rehearsal's messages, oldest first, each as `…/messages` shows one.
  public func rehearsedMessages(
    _ workspace: WorkspaceID, _ id: String, _ filter: RehearsedMessageFilter, cursor: String?, limit: Int
  ) async throws(Problem) -> ListPage {
    let result = try finishedRehearsal(workspace, id)
    var place = 0
    if let cursor {
      guard let number = Int(cursor), number >= 0 else {
        throw .invalid("/cursor", "this cursor is not from a rehearsal's messages; leave it out to start anew")
      }
      place = number
    }
    var found: [RehearsedMessage] = []
    let plan = result.plan
    func matches(_ message: RehearsedMessage) -> Bool {
      (filter.journey == nil || plan.journeys[Int(message.journey)].key == filter.journey)
        && (filter.status == nil || message.status == filter.status)
    }
    var own: [RehearsedMessage]?
    if let person = filter.person { own = try result.messages.messages(of: person) }
    let count = own?.count ?? result.messages.count
    while place < count, found.count < limit {
      let message = if let own { own[place] } else { try result.messages.byTime(place) }
      if matches(message) { found.append(message) }
      place += 1
    }
    let items = try await describe(found, result)
    return ListPage(items: items, next: place < count ? String(place) : nil)
  }

  /// One person's way through a finished rehearsal, told anew.
  public func rehearsedPerson(
    _ workspace: WorkspaceID, _ id: String, _ reference: PersonReference
  ) async throws(Problem) -> JSONValue {
    let result = try finishedRehearsal(workspace, id)
    let person = try await perform { partition throws(Problem) in try partition.person(workspace, reference).id }
    let told = try await tell([person], result)[person]
    return [
      "person": .string(person.text), "items": .array(told?.items ?? []), "cut": .bool(told?.isCut ?? false),
      "messages": .array(try await describe(try result.messages.messages(of: person), result)),
    ]
  }

  /// What changes for people from one finished rehearsal to another.
  public func rehearsalDifference(
    _ workspace: WorkspaceID, _ first: String, _ second: String
  ) async throws(Problem) -> JSONValue {
    let (a, b) = (try finishedRehearsal(workspace, first), try finishedRehearsal(workspace, second))
    let difference = try await Task.detached { () -> Result<RehearsalDifference, Problem> in
      do throws(Problem) { return .success(try Self.compare(a, b)) } catch { return .failure(error) }
    }.value.get()
    var members: [JSONValue.Member] = [.init("first", .string(first)), .init("second", .string(second))]
    members += difference.json.members ?? []
    return .object(members)
  }

  private static func compare(
    _ a: FinishedRehearsal, _ b: FinishedRehearsal
  ) throws(Problem) -> RehearsalDifference {
    var difference = RehearsalDifference(a.plan.journeys, b.plan.journeys)
    var (x, y) = (0, 0)
    func group(_ messages: RehearsedMessages, _ place: inout Int, of person: PersonID) throws(Problem)
      -> ArraySlice<RehearsedMessage>
    {
      var found: [RehearsedMessage] = []
      while place < messages.count {
        let message = try messages.row(place)
        guard message.person == person else { break }
        found.append(message)
        place += 1
      }
      return found[...]
    }
    while x < a.messages.count || y < b.messages.count {
      let next = min(
        x < a.messages.count ? try a.messages.row(x).person : PersonID(.max),
        y < b.messages.count ? try b.messages.row(y).person : PersonID(.max))
      difference.add(
        try group(a.messages, &x, of: next), try group(b.messages, &y, of: next))
    }
    return difference
  }
}

/// A result with what is needed to tell more about it.
struct FinishedRehearsal: Sendable {
  var material: RehearsalMaterial
  var plan: RehearsalPlan
  var messages: RehearsedMessages
}

/// What is told about one person.
private struct ToldPerson: Sendable {
  var items: [JSONValue]
  var isCut: Bool
  var messages: [IntentID: JSONValue]
}

extension Node {
  private func finishedRehearsal(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> FinishedRehearsal {
    let key = Rehearsals.Key(workspace: workspace, id: id)
    let entry = try rehearsals.entry(key)
    if let run = entry.run {
      guard case .done = run.state else {
        throw Problem(.conflict, "the rehearsal \(id) has no result (yet); see its state")
      }
    }
    let folder = rehearsals.folder(key)
    guard let json = folder.readMaterial(), let material = try RehearsalMaterial(json: json) else {
      throw Problem(.unavailable, "the files of the rehearsal \(id) cannot be read; rehearse again")
    }
    return FinishedRehearsal(
      material: material, plan: try material.plan(zones), messages: try RehearsedMessages(folder))
  }

  /// Rehearses some people again, with every reason.
  private func tell(
    _ people: [PersonID], _ result: FinishedRehearsal
  ) async throws(Problem) -> [PersonID: ToldPerson] {
    let workspace = result.plan.workspace
    let (history, seed) = try await perform { partition throws(Problem) -> (HistoryStore, UInt64) in
      guard let history = partition.histories[workspace] else {
        throw Problem(.notFound, "there is no such workspace")
      }
      return (history, partition.indexSeed)
    }
    var told: [PersonID: ToldPerson] = [:]
    for person in people where told[person] == nil {
      let recorded = try Self.recorded(person, history, until: result.material.endArrival)
      let keys = recorded.withEvents {
        Rehearser.identifierKeys(of: $0, workspace: workspace, seed: seed)
      }
      let asked = keys.map { NamedKey(person: person, key: $0.index) }
      let answers = try await perform { partition throws(Problem) in partition.foreignKeys(workspace, asked) }
      let foreign = zip(keys, answers).filter(\.1).map(\.0.local)
      let trace = recorded.withEvents { Rehearser(result.plan).tell(person, $0, foreign: foreign) }
      told[person] = ToldPerson(
        items: trace.items, isCut: trace.isCut,
        messages: Dictionary(trace.messages.map { ($0.id, $0.json(withWhy: true)) }) { $1 })
    }
    return told
  }

  private static func recorded(
    _ person: PersonID, _ history: HistoryStore, until end: UInt64
  ) throws(Problem) -> RecordedPerson {
    var recorded = RecordedPerson()
    do throws(HistoryError) {
      try history.arrivals(of: person) { event, arrival in
        guard arrival < end else { return }
        recorded.add(event.bytes, arrival)
      }
    } catch { throw Problem(.unavailable, "the history cannot be read: \(error)") }
    return recorded
  }

  private func describe(
    _ messages: [RehearsedMessage], _ result: FinishedRehearsal
  ) async throws(Problem) -> [JSONValue] {
    let told = try await tell(messages.map(\.person), result)
    return messages.map { message in
      Self.describe(message, told[message.person]?.messages[message.id], result.plan)
    }
  }

  /// The message as it would have been recorded; only what the rehearsal itself kept if the person's history has gone
  /// elsewhere since.
  private static func describe(_ message: RehearsedMessage, _ full: JSONValue?, _ plan: RehearsalPlan) -> JSONValue {
    let journey = plan.journeys[Int(message.journey)]
    var members =
      full?.members ?? [
        .init("id", .string(message.id.text)), .init("person", ["id": .string(message.person.text)]),
        .init("journey", .string(journey.key)), .init("version", .int(Int64(message.version))),
        .init("step", .string(journey.steps[Int(message.step)].id)),
        .init("channel", .string(plan.names[Int(message.channel)])),
        .init("template", .string(plan.names[Int(message.template)])),
        .init("class", .string(message.messageClass.rawValue)),
      ]
    func set(_ name: String, _ text: String?) {
      members.removeAll { $0.key == name }
      if let text { members.append(.init(name, .string(text))) }
    }
    // Decided when the person may still have been somebody else: told under the one who is left.
    if let place = members.firstIndex(where: { $0.key == "person" }) {
      let others = (members[place].value.members ?? []).filter { $0.key != "id" }
      members[place].value = .object([.init("id", .string(message.person.text))] + others)
    }
    set("status", message.status.rawValue)
    set("reason", message.reason?.rawValue)
    set("scheduledAt", message.scheduledAt.text)
    set("sentAt", message.sentAt == .distantFuture ? nil : message.sentAt.text)
    if let held = message.heldFor { set("heldFor", held.rawValue) }
    members.removeAll { ["attempts", "nextAttemptAt", "detail"].contains($0.key) }
    return .object(members)
  }
}

/// Copies of one person's events.
private struct RecordedPerson {
  private var bytes: [UInt8] = []
  private var rows: [(range: Range<Int>, arrival: UInt64)] = []

  mutating func add(_ record: UnsafeRawBufferPointer, _ arrival: UInt64) {
    rows.append((bytes.count..<(bytes.count + record.count), arrival))
    bytes.append(contentsOf: record)
  }

  func withEvents<Result>(_ body: (ArraySlice<RecordedEvent>) -> Result) -> Result {
    bytes.withUnsafeBytes { bytes in
      body(
        rows.map {
          RecordedEvent(record: UnsafeRawBufferPointer(rebasing: bytes[$0.range]), arrival: $0.arrival)
        }[...])
    }
  }
}
