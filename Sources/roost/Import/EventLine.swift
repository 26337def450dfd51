import RoostCore

/// Turns one line of NDJSON into an event as `/v1/import` takes it. The line is checked as JSON here, so that a bad one
/// is named with its column and the others of its batch are taken.
struct EventLine {
  /// When it happened, if the line says so.
  private(set) var time: Instant?

  /// Appends the event to `target`.
  init(_ line: UnsafeRawBufferPointer, number: Int, isTimeNeeded: Bool, into target: inout [UInt8]) throws(BadLine) {
    var members = Members()
    do throws(JSONError) {
      var scanner = JSONScanner(line)
      guard try scanner.peek() == .object else {
        throw BadLineCause.notAnObject(scanner.offset)
      }
      members.opening = scanner.offset
      if try scanner.enterObject() {
        members.isEmpty = false
        repeat { members.take(try scanner.key(), try scanner.value(), line) } while try scanner.hasMember()
      }
      try scanner.finish()
    } catch {
      throw BadLineCause.bad(error, number)
    }
    if let slice = members.time {
      time = slice.kind == .string ? Instant(iso8601: slice.text(in: line)) : nil
      if time == nil, isTimeNeeded {
        throw BadLine(
          line: number, column: slice.start + 1, pointer: "/timestamp", reason: "invalid_timestamp",
          detail: "a replay needs a time by ISO 8601, such as 2026-03-01T10:00:00Z")
      }
    } else if isTimeNeeded {
      throw BadLine(
        line: number, column: 1, pointer: "/timestamp", reason: "invalid_timestamp",
        detail: "a replay needs to know when it happened: there is no timestamp")
    }
    target.append(UInt8(ascii: "{"))
    if !members.hasID {
      target.append(utf8: "\"messageId\":\"")
      target.append(recordID: line, number: number)
      target.append(utf8: members.isEmpty && members.hasType ? "\"" : "\",")
    }
    if !members.hasType, members.hasEvent { target.append(utf8: "\"type\":\"track\",") }
    if members.isEmpty { if target.last == UInt8(ascii: ",") { target.removeLast() } }
    target.append(contentsOf: line[(members.opening + 1)...])
  }

  /// What the line has of the members that matter here.
  private struct Members {
    var opening = 0
    var isEmpty = true
    var hasID = false
    var hasType = false
    var hasEvent = false
    var timestamp: JSONSlice?
    var original: JSONSlice?

    var time: JSONSlice? { timestamp ?? original }

    mutating func take(_ key: JSONSlice, _ value: JSONSlice, _ line: UnsafeRawBufferPointer) {
      guard value.kind != .null else { return }
      switch key.text(in: line) {
      case "messageId": hasID = true
      case "type": hasType = true
      case "event": hasEvent = true
      case "timestamp": timestamp = value
      case "originalTimestamp": original = value
      default: break
      }
    }
  }
}

/// What a scan of a line found wrong.
enum BadLineCause {
  /// No JSON object begins at the offset.
  static func notAnObject(_ offset: Int) -> JSONError { JSONError(offset: offset, reason: .unexpectedByte) }

  static func bad(_ error: JSONError, _ number: Int) -> BadLine {
    BadLine(
      line: number, column: error.offset + 1, reason: "invalid_json",
      detail: "the line is no JSON object: \(error.reason.text)")
  }
}
