/// The transparency of RFC 5321 4.5.2.
enum DotStuffing {
  private static let dot = UInt8(ascii: ".")

  /// The message as `DATA` wants it: a second dot where a line begins with one, CRLF at every line end, and at the end
  /// the line of a single dot.
  ///
  /// A bare CR or LF becomes CRLF: servers disagree on what it means, and a disagreement lets a message end early and
  /// smuggle in another (CVE-2023-51764).
  static func stuffed(_ message: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(message.count + message.count / 64 + 8)
    message.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != 0x0D, bytes[end] != 0x0A { end += 1 }
        if bytes[start] == dot { output.append(dot) }
        output.append(contentsOf: bytes[start..<end])
        output.append(0x0D)
        output.append(0x0A)
        if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { end += 1 }
        start = end + 1
      }
    }
    output.append(dot)
    output.append(0x0D)
    output.append(0x0A)
    return output
  }
}
