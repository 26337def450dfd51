import Profiles
import RoostCore

extension Node {
  /// How many people are looked at between two batches when a search has to read everybody.
  private static let peoplePerStep = 2_000

  /// People by any identifier or id, else whoever has the words in an identifier or a text trait. Without words
  /// everybody, in order of slots.
  public func searchPeople(
    _ workspace: WorkspaceID, query: String, cursor: String?, limit: Int
  ) async throws(Problem) -> ListPage {
    let words = query.lowercased()
    if cursor == nil, !words.isEmpty,
      let exact = try await perform({ partition throws(Problem) in partition.exactMatches(workspace, query) }),
      !exact.isEmpty
    {
      return ListPage(items: exact, next: nil)
    }
    return try await collect(workspace, cursor, limit) { state in words.isEmpty || state.contains(words) }
  }

  /// The people in a segment.
  public func segmentPeople(
    _ workspace: WorkspaceID, _ key: String, cursor: String?, limit: Int
  ) async throws(Problem) -> ListPage {
    let slot = try await perform { partition throws(Problem) in
      guard let state = partition.definitions[workspace]?.segments[key] else {
        throw Problem(.notFound, "there is no segment \"\(key)\"")
      }
      return state.slot
    }
    return try await collect(workspace, cursor, limit) { $0.isMember(slot) }
  }

  private func collect(
    _ workspace: WorkspaceID, _ cursor: String?, _ limit: Int, _ accepts: @escaping @Sendable (PersonState) -> Bool
  ) async throws(Problem) -> ListPage {
    guard let start = cursor.map({ Int($0) }) ?? 0, start >= 0 else {
      throw .invalid("/cursor", "this cursor is not from such a list; leave it out to start anew")
    }
    var next = start
    var items: [JSONValue] = []
    while items.count < limit {
      let from = next
      let room = limit - items.count
      let step = try await perform { partition throws(Problem) in
        try partition.scanPeople(workspace, from: from, steps: Self.peoplePerStep, limit: room, accepts)
      }
      items += step.items
      guard let following = step.next else { return ListPage(items: items, next: nil) }
      next = following
    }
    return ListPage(items: items, next: String(next))
  }
}

extension Partition {
  func exactMatches(_ workspace: WorkspaceID, _ query: String) -> [JSONValue]? {
    let trimmed = query.split(separator: " ").joined(separator: " ")
    var forms = [trimmed]
    for kind in ["user", "email", "phone", "anonymous", "device", "custom"] { forms.append("\(kind):\(trimmed)") }
    var found: [PersonID] = []
    for form in forms {
      do throws(Problem) {
        let state = try person(workspace, try PersonReference(form))
        if !found.contains(state.id) { found.append(state.id) }
      } catch { continue }
    }
    guard let table = symbols[workspace] else { return nil }
    return found.compactMap { id in
      self.table.find(workspace, id).flatMap(loadState).map { Self.summarize($0, table) }
    }
  }

  /// Looks at some people; `next` is where to go on, `nil` at the end.
  func scanPeople(
    _ workspace: WorkspaceID, from: Int, steps: Int, limit: Int, _ accepts: (PersonState) -> Bool
  ) throws(Problem) -> (items: [JSONValue], next: Int?) {
    guard let names = symbols[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var slot = from
    let end = min(table.count, from + steps)
    let missing = (slot..<max(slot, end)).filter {
      table.slots[$0].bytes == nil && table.slots[$0].workspace == workspace
    }
    if !missing.isEmpty { try fetch(missing) }
    var items: [JSONValue] = []
    while slot < end, items.count < limit {
      if table.slots[slot].workspace == workspace, let state = loadState(slot), state.redirect == nil, accepts(state) {
        items.append(Self.summarize(state, names))
      }
      slot += 1
    }
    return (items, slot < table.count ? slot : nil)
  }

  /// A person in a list.
  static func summarize(_ state: PersonState, _ symbols: SymbolTable) -> JSONValue {
    var members: [JSONValue.Member] = [.init("id", .string(state.id.text))]
    if let user = state.userID { members.append(.init("userId", .string(user))) }
    if let email = state.email { members.append(.init("email", .string(email))) }
    if let phone = state.phone { members.append(.init("phone", .string(phone))) }
    members.append(.init("anonymousIds", .array(state.anonymousIDs.map(JSONValue.string))))
    members.append(.init("createdAt", .string(state.createdAt.text)))
    if let last = state.counters.map(\.last).max() { members.append(.init("lastSeenAt", .string(last.text))) }
    return .object(members)
  }
}

extension PersonState {
  /// Whether an identifier or a text trait contains the words, which are in lower case.
  fileprivate func contains(_ words: String) -> Bool {
    if identifiers.contains(where: { $0.value.lowercased().contains(words) }) { return true }
    return traits.contains { trait in
      if case .string(let text) = trait.value { text.lowercased().contains(words) } else { false }
    }
  }
}
