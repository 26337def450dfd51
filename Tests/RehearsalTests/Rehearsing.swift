import Delivery
import Profiles
import RoostCore
import Runtime
import TestSupport

/// A message as both sides tell it: what must be the same in truth and in rehearsal.
struct Letter: Hashable, Comparable, CustomStringConvertible {
  var text: String
  var description: String { text }
  static func < (a: Letter, b: Letter) -> Bool { a.text < b.text }

  /// One that was really decided, under the person who is left.
  init(_ record: MessageRecord, of person: PersonID) {
    let status = record.status == .scheduled ? MessageStatus.sent : record.status
    text =
      "\(person.text) \(record.journey) v\(record.version) \(record.step) \(record.template) \(status.rawValue)"
      + " \(record.reason?.rawValue ?? "-") \(record.scheduledAt.text) \(record.id.text)"
  }

  /// One of a rehearsal.
  init(_ item: JSONValue, of person: PersonID) {
    func text(_ name: String) -> String { item[name]?.string ?? "-" }
    self.text =
      "\(person.text) \(text("journey")) v\(item["version"]?.int ?? 0) \(text("step")) \(text("template"))"
      + " \(text("status")) \(text("reason")) \(text("scheduledAt")) \(text("id"))"
  }
}

extension TestWorkspace {
  /// What was decided for whom from `from` up to `to`.
  func truth(from: Instant, to: Instant) async throws -> [Letter] {
    var owners: [PersonID: PersonID] = [:]
    var letters: [Letter] = []
    for record in try await messages() where record.scheduledAt >= from && record.scheduledAt < to {
      if owners[record.person] == nil { owners[record.person] = try await state(record.person.text).id }
      letters.append(Letter(record, of: owners[record.person]!))
    }
    return letters.sorted()
  }

  /// Rehearses and waits for the end; `{"id","state","summary"}`.
  func rehearse(_ request: String) async throws -> JSONValue {
    let id = try await test.node.beginRehearsal(self.id, try JSONValue(parsing: request))
    while true {
      let found = try test.node.describeRehearsal(self.id, id)
      if found["state"]?.string != "running" { return found }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  func letters(of rehearsal: JSONValue) async throws -> [Letter] {
    guard let id = rehearsal["id"]?.string else { return [] }
    var letters: [Letter] = []
    var cursor: String?
    repeat {
      let page = try await test.node.rehearsedMessages(
        self.id, id, RehearsedMessageFilter(), cursor: cursor, limit: 1_000)
      for item in page.items {
        letters.append(Letter(item, of: PersonID(text: item["person"]?["id"]?.string ?? "") ?? PersonID(0)))
      }
      cursor = page.next
    } while cursor != nil
    return letters.sorted()
  }
}
