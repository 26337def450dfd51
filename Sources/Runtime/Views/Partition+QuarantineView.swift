import RoostCore

/// A rejected event.
package struct QuarantinedView: Sendable {
  package var item: QuarantineItem
  /// `track`, `identify`…; "" where not even that can be read.
  package var type: String
  package var event: String

  init(_ item: QuarantineItem) {
    self.item = item
    type = ""
    event = ""
    do throws(JSONError) {
      let json = try JSONValue(parsing: item.raw)
      type = json["type"]?.string ?? ""
      event = (json["event"] ?? json["name"])?.string ?? ""
    } catch {
      // That it is no JSON is what `item.detail` says already.
    }
  }
}

extension Partition {
  package func quarantineView(
    _ workspace: WorkspaceID, cursor: String?, limit: Int
  ) throws(Problem) -> (rows: [QuarantinedView], total: Int, next: String?) {
    let page = try quarantineItems(workspace, cursor: cursor, limit: limit)
    return (page.items.map(QuarantinedView.init), try quarantineCount(workspace), page.next)
  }

  package func quarantinedView(_ workspace: WorkspaceID, _ id: String) throws(Problem) -> QuarantinedView {
    guard let number = UInt64(id) else { throw Problem(.notFound, "there is no quarantined event \(id)") }
    return QuarantinedView(try quarantineItem(workspace, number))
  }
}
