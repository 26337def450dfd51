import RoostCore

/// One place in which two documents differ.
package struct JSONDifference: Sendable, Equatable {
  package var pointer: String
  /// `nil`: it was not there.
  package var from: JSONValue?
  /// `nil`: it is not there any more.
  package var to: JSONValue?

  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("pointer", .string(pointer))]
    if let from { members.append(.init("from", from)) }
    if let to { members.append(.init("to", to)) }
    return .object(members)
  }

  var toText: String {
    var bytes: [UInt8] = []
    to?.write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The places in which two documents differ, the deepest that tell it, in the order of the new one.
  ///
  /// Lists are compared place by place where they have the same length, and as a whole otherwise: what was inserted in
  /// the middle would make everything behind it look changed.
  package static func between(_ old: JSONValue, _ new: JSONValue, at pointer: String = "") -> [JSONDifference] {
    if old == new { return [] }
    switch (old, new) {
    case (.object(let before), .object(let after)):
      var differences: [JSONDifference] = []
      for member in after {
        let place = "\(pointer)/\(pointerToken(member.key))"
        guard let earlier = old[member.key] else {
          differences.append(.init(pointer: place, from: nil, to: member.value))
          continue
        }
        differences += between(earlier, member.value, at: place)
      }
      for member in before where new[member.key] == nil {
        differences.append(.init(pointer: "\(pointer)/\(pointerToken(member.key))", from: member.value, to: nil))
      }
      // The same members in another order: nothing that anybody would notice.
      return differences
    case (.array(let before), .array(let after)) where before.count == after.count:
      return zip(before, after).enumerated().flatMap { index, pair in
        between(pair.0, pair.1, at: "\(pointer)/\(index)")
      }
    default: return [.init(pointer: pointer, from: old, to: new)]
    }
  }
}
