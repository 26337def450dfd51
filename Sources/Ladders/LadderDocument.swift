import RoostCore

/// A definition that a ladder made, and from which cells.
public struct LadderDocument: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case template, segment, journey

    init?(of document: JSONValue) {
      // A template names its channel, a journey its segments: the most telling name first.
      guard let kind = [Kind.journey, .segment, .template].first(where: { document[$0.rawValue]?.string != nil })
      else { return nil }
      self = kind
    }
  }

  /// The member that makes a part of a document depend on a cell: `given: bonus` keeps the part only where the row's
  /// cell is not empty.
  static let condition = "given"

  public var kind: Kind
  public var key: String
  public var body: JSONValue
  /// The table's line that it was made for; `nil` for what is made once.
  public var line: Int?
  /// Which columns went into the text at a JSON pointer of `body`.
  public var cells: [(pointer: String, column: String)]

  /// The columns that a finding about `pointer` is to be blamed on: those of the text itself, of what lies below it, or
  /// of what it lies in.
  public func columns(at pointer: String) -> [String] {
    let own = cells.filter { $0.pointer == pointer || $0.pointer.hasPrefix(pointer + "/") && !pointer.isEmpty }
    let found = own.isEmpty ? cells.filter { pointer.hasPrefix($0.pointer + "/") } : own
    var names: [String] = []
    for cell in found where !names.contains(cell.column) { names.append(cell.column) }
    return names
  }

  public static func == (a: LadderDocument, b: LadderDocument) -> Bool {
    a.kind == b.kind && a.key == b.key && a.body == b.body && a.line == b.line
  }
}
