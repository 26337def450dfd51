import Delivery
import Engine
import Journeys
import Profiles
import RoostCore

/// A message in a list.
package struct MessageRowView: Sendable {
  package var record: MessageRecord
  package var person: PersonLabel

  init(_ record: MessageRecord) {
    self.record = record
    let known = [record.email, record.userID, record.to].first { !$0.isEmpty }
    person = PersonLabel(id: record.person.text, label: known ?? record.person.text)
  }
}

/// One message with what it says and why it was decided.
package struct MessageView: Sendable {
  package var row: MessageRowView
  package var reasons: MessageReasons
  /// The segment from which people enter the journey, if it is one.
  package var entrySegment: String?
  /// From whom; "" if no channel is configured.
  package var from: String
  package var content: MessageContent?
}

extension Partition {
  package func messageViews(
    _ workspace: WorkspaceID, _ filter: MessageFilter, cursor: String?, limit: Int
  ) throws(Problem) -> (rows: [MessageRowView], next: String?) {
    let page = try messageRecords(workspace, filter, cursor: cursor, limit: limit)
    return (page.records.map(MessageRowView.init), page.next)
  }

  package func messageView(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> MessageView {
    let record = try messageRecord(workspace, id)
    let journey = definitions[workspace]?.document(.journey, record.journey, version: record.version)
    let channel = compiled[workspace]?.definitions.channel(for: record.channel)
    return MessageView(
      row: MessageRowView(record), reasons: MessageReasons(record),
      entrySegment: journey?.body["enter"]?["segment"]?.string, from: channel?.from ?? "",
      // What was stopped before it had an address was never made into a letter.
      content: record.to.isEmpty ? nil : try content(of: record))
  }

  package func journeyKeys(_ workspace: WorkspaceID) -> [String] {
    definitions[workspace]?.all(.journey).map(\.key) ?? []
  }
}
