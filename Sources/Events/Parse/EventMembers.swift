import RoostCore

/// The members of an event's object that mean something, wherever they stand in it. `nil`: absent or `null`.
struct EventMembers {
  var type: JSONSlice?
  var event: JSONSlice?
  var name: JSONSlice?
  var category: JSONSlice?
  var userID: JSONSlice?
  var anonymousID: JSONSlice?
  var previousID: JSONSlice?
  var groupID: JSONSlice?
  var messageID: JSONSlice?
  var timestamp: JSONSlice?
  var originalTimestamp: JSONSlice?
  var sentAt: JSONSlice?
  var writeKey: JSONSlice?
  /// The first thing found to have a wrong shape.
  var fault: Drop?
}

/// The names of members, told apart by length first: one or two comparisons each.
enum MemberName {
  case type, event, name, category, userID, anonymousID, previousID, groupID, messageID, timestamp, originalTimestamp
  case sentAt, writeKey, properties, traits, context, batch, other

  init(_ key: UnsafeRawBufferPointer) {
    switch key.count {
    case 4: self = key.equals("type") ? .type : key.equals("name") ? .name : .other
    case 5: self = key.equals("event") ? .event : key.equals("batch") ? .batch : .other
    case 6:
      self = key.equals("userId") ? .userID : key.equals("traits") ? .traits : key.equals("sentAt") ? .sentAt : .other
    case 7: self = key.equals("context") ? .context : key.equals("groupId") ? .groupID : .other
    case 8: self = key.equals("category") ? .category : key.equals("writeKey") ? .writeKey : .other
    case 9: self = key.equals("messageId") ? .messageID : key.equals("timestamp") ? .timestamp : .other
    case 10: self = key.equals("properties") ? .properties : key.equals("previousId") ? .previousID : .other
    case 11: self = key.equals("anonymousId") ? .anonymousID : .other
    case 17: self = key.equals("originalTimestamp") ? .originalTimestamp : .other
    default: self = .other
    }
  }
}

/// Members of `context` that are more than a field.
enum ContextName {
  case traits, consent, externalIDs, library, device, field

  init(_ key: UnsafeRawBufferPointer) {
    switch key.count {
    case 6: self = key.equals("traits") ? .traits : key.equals("device") ? .device : .field
    case 7: self = key.equals("library") ? .library : key.equals("consent") ? .consent : .field
    case 11: self = key.equals("externalIds") ? .externalIDs : .field
    default: self = .field
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are this text.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount, let base = baseAddress else { return count == text.utf8CodeUnitCount }
    return equals(base, text.utf8Start, count)
  }

  /// Whether the bytes are the same as others.
  @inline(__always)
  func equals(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let base = baseAddress, let otherBase = other.baseAddress else { return true }
    return equals(base, otherBase, count)
  }

  /// Words, the last one overlapping: no loop over single bytes.
  @inline(__always)
  private func equals(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    func differ<Word: FixedWidthInteger>(_ offset: Int, _: Word.Type) -> Bool {
      a.loadUnaligned(fromByteOffset: offset, as: Word.self) != b.loadUnaligned(fromByteOffset: offset, as: Word.self)
    }
    if count >= 8 {
      var offset = 0
      while offset &+ 8 < count {
        if differ(offset, UInt64.self) { return false }
        offset &+= 8
      }
      return !differ(count &- 8, UInt64.self)
    }
    if count >= 4 { return !differ(0, UInt32.self) && !differ(count &- 4, UInt32.self) }
    for offset in 0..<count where differ(offset, UInt8.self) { return false }
    return true
  }
}
