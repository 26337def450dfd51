/// The transparency of RFC 5321 4.5.2.
enum DotStuffing {
  private static let dot = UInt8(ascii: ".")

  /// The message as `DATA` wants it: a second dot where a line begins with one, CRLF at every line end, and at the end
  /// the line of a single dot.
  ///
  /// A bare CR or LF becomes CRLF: servers disagree on what it means, and a disagreement lets a message end early and
  /// smuggle in another (CVE-2023-51764).
  static func stuffed(_ message: consuming [UInt8]) -> [UInt8] {
    if isPlain(message) {
      message.append(contentsOf: [dot, 0x0D, 0x0A])
      return message
    }
    return rewritten(message)
  }

  /// Whether every line ends in CRLF and none begins with a dot, as nearly all do: then nothing is to be changed.
  private static func isPlain(_ message: borrowing [UInt8]) -> Bool {
    let count = message.count
    guard count >= 2, message[count - 1] == 0x0A, message[0] != dot else { return count == 0 }
    var start = 0
    while start < count, let feed = message.place(of: 0x0A, in: start..<count) {
      guard message.place(of: 0x0D, in: start..<feed) == feed - 1 else { return false }
      start = feed + 1
      if start < count, message[start] == dot { return false }
    }
    return true
  }

  private static func rewritten(_ message: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(message.count + message.count / 64 + 8)
    var start = 0
    var feed = -1
    while start < message.count {
      if feed < start { feed = message.place(of: 0x0A, in: start..<message.count) ?? message.count }
      var end = message.place(of: 0x0D, in: start..<feed) ?? feed
      if message[start] == dot { output.append(dot) }
      output.append(contentsOf: message[start..<end])
      output.append(0x0D)
      output.append(0x0A)
      if end + 1 == feed, feed < message.count { end = feed }
      start = end + 1
    }
    output.append(dot)
    output.append(0x0D)
    output.append(0x0A)
    return output
  }
}
