import Engine
import RoostCore

/// What putting a bundle of definitions would change.
package struct DefinitionPlan: Sendable {
  package var changes: [Change] = []
  /// The same changes as they go into the log.
  var log: [DefinitionChange] = []

  package struct Change: Sendable {
    package enum Kind: String, Sendable {
      case new, changed, unchanged
      /// A journey of the bundle's tag that the bundle no longer has.
      case missing
    }
    package var kind: Kind
    package var document: DocumentKind
    package var key: String
    /// The version that people will have; the present one of what is unchanged.
    package var version: UInt32
    package var differences: [JSONDifference] = []
    /// `publish`, `pause`, `archive` or `keep`; `nil`: the document is put and nothing else.
    package var action: String?
    /// People who are in the journey now.
    package var people = 0
    package var groups: [Group] = []
    /// What somebody has to decide before this can be applied: the field to write, and what it may say.
    package var decision: Problem.Finding?
    /// The place in the bundle.
    package var draft: Int?
    /// A segment's members now; what they will be is counted afterwards.
    package var members: Int?
    package var membersAfter: Int?
  }

  /// People who wait at one step of an older version, and what becomes of them.
  package struct Group: Sendable {
    /// The step's id; `nil`: before the first one.
    package var step: String?
    package var version: UInt32
    package var people: Int
    /// `stay in version 2`, `go on at "nudge" of version 3`, `leave`.
    package var goes: String
  }

  /// Equal for plans that would change the same things, however many people they concern.
  package var token: String {
    var text = ""
    for change in changes where change.kind != .unchanged {
      text += "\(change.document.rawValue) \(change.key) \(change.version) \(change.action ?? "")"
      for difference in change.differences { text += " \(difference.pointer)" + difference.toText }
      text += "\n"
    }
    return hexadecimal(hash64(text, seed: 0x706C_616E))
  }

  package var decisions: Int { changes.count { $0.decision != nil } }

  package func json(isApplied: Bool) -> JSONValue {
    [
      "plan": .string(token), "applied": .bool(isApplied), "decisions": .int(Int64(decisions)),
      "changes": .array(changes.map(\.json)),
    ]
  }

  private func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension DefinitionPlan.Change {
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("kind", .string(document.rawValue)), .init("key", .string(key)), .init("change", .string(kind.rawValue)),
      .init("version", .int(Int64(version))),
    ]
    if let action { members.append(.init("action", .string(action))) }
    if !differences.isEmpty { members.append(.init("differences", .array(differences.map(\.json)))) }
    if document == .journey, kind != .new { members.append(.init("people", .int(Int64(people)))) }
    if !groups.isEmpty { members.append(.init("groups", .array(groups.map(\.json)))) }
    if let now = self.members {
      var counts: [JSONValue.Member] = [.init("now", .int(Int64(now)))]
      if let after = membersAfter { counts.append(.init("after", .int(Int64(after)))) }
      members.append(.init("members", .object(counts)))
    }
    if let decision { members.append(.init("decision", .string(decision.detail))) }
    return .object(members)
  }
}

extension DefinitionPlan.Group {
  var json: JSONValue {
    [
      "step": step.map(JSONValue.string) ?? .null, "version": .int(Int64(version)), "people": .int(Int64(people)),
      "goes": .string(goes),
    ]
  }
}
