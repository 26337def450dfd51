import Delivery
import Engine
import Events
import Profiles
import RoostCore

/// Which addresses are wanted of the list.
package struct SuppressionFilter: Sendable {
  package var channel: ChannelKind?
  package var cause: AddressSuppression.Cause?

  package init(channel: ChannelKind? = nil, cause: AddressSuppression.Cause? = nil) {
    self.channel = channel
    self.cause = cause
  }
}

extension Partition {
  private static let peoplePerPage = 2_000

  /// A page of the list, in order of people; `next` is where to go on.
  package func suppressions(
    _ workspace: WorkspaceID, _ filter: SuppressionFilter, cursor: String?, limit: Int
  ) throws(Problem) -> (rows: [SuppressionRow], next: String?) {
    guard definitions[workspace] != nil else { throw Problem(.notFound, "there is no such workspace") }
    let start = try Self.start(cursor)
    let people = (counts[workspace]?.suppressed ?? []).filter { $0 >= start.person }.sorted()
    var rows: [SuppressionRow] = []
    for (place, person) in people.enumerated() {
      guard let slot = table.find(workspace, person), let state = loadState(slot) else { continue }
      for (index, row) in state.delivery.suppressions.enumerated() where person > start.person || index >= start.index {
        if let kind = filter.channel, kind.number != row.channelKind { continue }
        if let cause = filter.cause, cause != row.cause { continue }
        guard rows.count < limit else { return (rows, "\(person.text).\(index)") }
        rows.append(try describe(row, of: state))
      }
      // A rare cause among many: each call looks at so many and no more.
      if place >= Self.peoplePerPage, place + 1 < people.count { return (rows, "\(people[place + 1].text).0") }
    }
    return (rows, nil)
  }

  private static func start(_ cursor: String?) throws(Problem) -> (person: PersonID, index: Int) {
    guard let cursor else { return (PersonID(0), 0) }
    let parts = cursor.split(separator: ".")
    guard parts.count == 2, let person = PersonID(text: parts[0]), let index = Int(parts[1]), index >= 0 else {
      throw .invalid("/cursor", "this cursor is not from such a list; leave it out to start anew")
    }
    return (person, index)
  }

  private func describe(_ row: AddressSuppression, of state: PersonState) throws(Problem) -> SuppressionRow {
    let message = try row.message.flatMap { id throws(Problem) in try self.message(state.workspace, id.bytes) }
    let known = state.addresses.first { AddressSuppression.hash($0) == row.address } ?? message?.to
    return SuppressionRow(
      channel: ChannelKind(number: row.channelKind) ?? .email, address: known, hash: row.address, cause: row.cause,
      at: row.at, message: row.message, detail: message?.detail ?? "",
      person: PersonLabel(
        id: state.id.text,
        label: state.identifiers.first { $0.kind == .email || $0.kind == .user }?.value ?? state.id.text))
  }

  /// One address, as the list has it; `nil` if it is not there.
  package func suppression(
    _ workspace: WorkspaceID, _ channel: ChannelKind, _ address: String
  ) throws(Problem) -> SuppressionRow? {
    guard let slot = slot(suppressing: channel, address, in: workspace), let state = loadState(slot),
      let row = state.delivery.suppression(channelKind: channel.number, address: AddressSuppression.hash(address))
    else { return nil }
    return try describe(row, of: state)
  }

  /// Puts an address on the list: of the person who is named, else of whoever is known by it, else of somebody new.
  package func suppress(_ workspace: WorkspaceID, _ request: SuppressionRequest) throws(Problem) -> SuppressionRow {
    guard symbols[workspace] != nil else { throw Problem(.notFound, "there is no such workspace") }
    var slot: Int?
    if let person = request.person {
      slot = try self.slot(workspace, person)
    } else if let (kind, value) = request.identifier {
      do throws(Problem) { slot = try self.slot(workspace, .identifier(kind, value)) } catch {
        guard error.code == .notFound else { throw error }
      }
    } else {
      throw .invalid(
        "/person", "by \(request.channel.rawValue) an address is not what people are known by: name the person")
    }
    let record = try record(request, in: workspace, names: slot == nil)
    if let slot { try commitInput(record, of: slot, in: workspace) } else { try commitNew(record, in: workspace) }
    guard let row = try suppression(workspace, request.channel, request.address) else {
      throw Problem(.conflict, "this address is of somebody who was erased: it gets nothing as it is")
    }
    noteSuppression("suppression.put", row, workspace)
    return row
  }

  /// Takes an address off the list; `false` if it was not there.
  package func lift(_ workspace: WorkspaceID, _ channel: ChannelKind, _ address: String) throws(Problem) -> Bool {
    guard let row = try suppression(workspace, channel, address),
      let slot = slot(suppressing: channel, address, in: workspace)
    else { return false }
    let request = SuppressionRequest(channel: channel, address: address, notice: .lifted)
    try commitInput(try record(request, in: workspace, names: false), of: slot, in: workspace)
    noteSuppression("suppression.lifted", row, workspace)
    return true
  }

  /// Says who changed the list. The trail names the person and no address: it outlives an erasure.
  private func noteSuppression(_ action: String, _ row: SuppressionRow, _ workspace: WorkspaceID) {
    var entry = AuditEntry(at: lastNow, action: action, key: row.person.id, version: 0)
    entry.author = author
    audit[workspace, default: []].append(entry)
    if audit[workspace]!.count > 1_000 { audit[workspace]!.removeFirst() }
  }

  private func record(
    _ request: SuppressionRequest, in workspace: WorkspaceID, names: Bool
  ) throws(Problem) -> [UInt8] {
    guard let symbols = symbols[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var writer = EventWriter()
    let entry = SuppressionEntry(
      notice: request.notice, kind: request.channel, address: request.address, message: nil, detail: request.detail,
      id: "\(request.notice.rawValue)-\(commit + 1)-\(PersonID(AddressSuppression.hash(request.address)).text)",
      author: author?.rawValue ?? "", identifier: names ? request.identifier : nil)
    _ = entry.write(at: now(), symbols, into: &writer)
    return writer.bytes
  }

  /// Takes in an event that may make its person.
  private func commitNew(_ record: [UInt8], in workspace: WorkspaceID) throws(Problem) {
    let submission = EventSubmission(workspace: workspace, records: record, count: 1, quarantined: []) { _ in }
    handle([submission])
    if let failure { throw failure }
  }

  /// Whose address it is, or was.
  private func slot(suppressing channel: ChannelKind, _ address: String, in workspace: WorkspaceID) -> Int? {
    let request = SuppressionRequest(channel: channel, address: address, notice: .manual)
    let hash = AddressSuppression.hash(address)
    func holds(_ slot: Int) -> Bool {
      loadState(slot)?.delivery.suppression(channelKind: channel.number, address: hash) != nil
    }
    if let (kind, value) = request.identifier {
      let known = index[IdentifierKey(workspace: workspace, kind: kind, value: value, seed: indexSeed)]
      if let slot = known.flatMap({ slotAfterMerges(workspace, table.slots[$0].person) }), holds(slot) { return slot }
    }
    for person in (counts[workspace]?.suppressed ?? []).sorted() {
      if let slot = table.find(workspace, person), holds(slot) { return slot }
    }
    return nil
  }
}

extension PersonState {
  /// All addresses by which the person can be reached now.
  fileprivate var addresses: [String] {
    let identified = identifiers.filter { $0.kind == .email || $0.kind == .phone }.map(\.value)
    let told = [Symbol.email, .phone].compactMap { symbol -> String? in
      if case .string(let text)? = trait(symbol) { text } else { nil }
    }
    return identified + told + devices.map(\.address)
  }
}
