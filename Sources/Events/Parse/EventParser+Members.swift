import RoostCore

extension EventParser {
  /// Reads an event's object: finds its members and puts properties, traits and context on their tapes.
  mutating func members(_ scanner: inout JSONScanner) throws(JSONError) -> EventMembers {
    var members = EventMembers()
    properties.clear()
    traits.clear()
    context.clear()
    guard try scanner.enterObject() else { return members }
    repeat {
      let name = MemberName(texts.text(try scanner.key(), in: scanner.bytes))
      switch name {
      case .properties: try properties.readObject(&scanner, "/properties", &members.fault)
      case .traits: try traits.readObject(&scanner, "/traits", &members.fault)
      case .context:
        if try scanner.peek() == .object {
          try context.read(&scanner, texts, fault: &members.fault)
        } else {
          context.clear()
          try scanner.refuse("/context", "an object", &members.fault)
        }
      default: members.set(name, try scanner.value().present)
      }
    } while try scanner.hasMember()
    return members
  }
}

extension EventMembers {
  @inline(__always)
  fileprivate mutating func set(_ name: MemberName, _ value: JSONSlice?) {
    switch name {
    case .type: type = value
    case .event: event = value
    case .name: self.name = value
    case .category: category = value
    case .userID: userID = value
    case .anonymousID: anonymousID = value
    case .previousID: previousID = value
    case .groupID: groupID = value
    case .messageID: messageID = value
    case .timestamp: timestamp = value
    case .originalTimestamp: originalTimestamp = value
    case .sentAt: sentAt = value
    case .writeKey: writeKey = value?.kind == .string ? value : nil
    case .properties, .traits, .context, .batch, .other: break
    }
  }
}
