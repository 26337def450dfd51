/// The relaxed canonical forms of RFC 6376 3.4: what relays do to white space does not break a signature over them.
enum DKIMCanonical {
  private static let (tab, lf, cr, space) = (UInt8(9), UInt8(10), UInt8(13), UInt8(32))

  /// A header field (3.4.2), with its CRLF.
  ///
  /// - Parameter field: as in the message, folded or not, with or without the CRLF at its end.
  static func appendHeader(_ field: ArraySlice<UInt8>, to output: inout [UInt8]) {
    guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { return }
    for byte in field[..<colon] where byte != space && byte != tab {
      output.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
    }
    output.append(UInt8(ascii: ":"))
    var isSpacePending = false
    var isAtStart = true
    for byte in field[(colon + 1)...] {
      switch byte {
      case cr, lf: break
      case space, tab: isSpacePending = true
      default:
        if isSpacePending, !isAtStart { output.append(space) }
        isSpacePending = false
        isAtStart = false
        output.append(byte)
      }
    }
    output.append(cr)
    output.append(lf)
  }

  /// A body (3.4.4) whose lines end in CRLF: runs of white space become one space, none at the end of a line, and no
  /// empty lines at the end.
  static func body(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(body.count + 2)
    var emptyLines = 0
    body.withUnsafeBufferPointer { bytes in
      var place = 0
      while place < bytes.count {
        let lineStart = output.count
        // Line ends are written when something follows them.
        var isSpacePending = false
        var isEmpty = true
        while place < bytes.count, bytes[place] != cr, bytes[place] != lf {
          let byte = bytes[place]
          place += 1
          if byte == space || byte == tab {
            isSpacePending = true
            continue
          }
          if isEmpty {
            for _ in 0..<emptyLines { output.append(contentsOf: [cr, lf]) }
            emptyLines = 0
            isEmpty = false
          }
          if isSpacePending { output.append(space) }
          isSpacePending = false
          output.append(byte)
        }
        if place + 1 < bytes.count, bytes[place] == cr, bytes[place + 1] == lf { place += 1 }
        place += 1
        if output.count == lineStart { emptyLines += 1 } else { output.append(contentsOf: [cr, lf]) }
      }
    }
    return output
  }
}
