import RoostCore

/// One ladder for many offers: documents with places for a table's cells, written once and filled in for every row.
///
/// A place is `${column}` in any text of a document, also in its names; `${event.install}` is the name that the ladder
/// gives that event. A text that is one place and nothing else becomes the cell's own value: a number stays a number.
public struct Ladder: Sendable, Equatable {
  /// The ladder's key: every journey made from it carries the tag `ladder-KEY`.
  public var key: String
  public var name: String
  /// Names a row, with places; its result is the row's key, `${row}` in documents.
  public var rowName: String
  /// What the documents call `${event.NAME}`.
  public var events: [(name: String, event: String)]
  public var columns: [LadderColumn]
  /// What becomes of a journey whose row has left the table; `nil`: somebody has to say.
  public var missing: Missing?
  /// Documents made once, whatever the rows.
  public var once: [JSONValue]
  /// Documents made for every row.
  public var each: [JSONValue]

  public enum Missing: String, Sendable, CaseIterable {
    /// It goes on as it is.
    case keep
    /// People wait in it.
    case pause
    /// People inside leave.
    case archive
  }

  public static let columnsMax = 100
  public static let documentsMax = 50
  public static let rowsMax = 2_000

  /// The tag of the journeys that this ladder makes.
  public var tag: String { "ladder-" + key }

  public static func == (a: Ladder, b: Ladder) -> Bool {
    a.key == b.key && a.name == b.name && a.rowName == b.rowName && a.columns == b.columns && a.missing == b.missing
      && a.once == b.once && a.each == b.each && a.events.map(\.name) == b.events.map(\.name)
      && a.events.map(\.event) == b.events.map(\.event)
  }
}
