/// The relaxed canonical forms of RFC 6376 3.4: what relays do to white space does not break a signature over them.
enum DKIMCanonical {
  private static let (tab, lf, cr, space) = (UInt8(9), UInt8(10), UInt8(13), UInt8(32))

  /// A header field (3.4.2), with its CRLF. Nothing for bytes without a colon.
  ///
  /// - Parameter field: as in the message, folded or not, with or without the CRLF at its end.
  static func appendHeader(_ field: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { return }
    output.reserveCapacity(output.count + field.count + 2)
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
  static func body(_ body: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    // At the longest, every byte is a bare CR or LF and becomes CRLF, and a last line without an end gets one.
    [UInt8](unsafeUninitializedCapacity: 2 * body.count + 2) { output, count in
      guard var read = UnsafePointer(body.baseAddress), let start = output.baseAddress else { return }
      let end = read + body.count
      var write = start
      // Empty lines are written when something follows them.
      var emptyLines = 0
      while read < end {
        var isEmpty = true
        while let run = nextRun(&read, end) {
          if isEmpty { for _ in 0..<emptyLines { endLine(&write) } }
          isEmpty = false
          if run.isAfterSpace {
            write.pointee = space
            write += 1
          }
          write.update(from: run.start, count: read - run.start)
          write += read - run.start
        }
        if isEmpty {
          emptyLines += 1
        } else {
          emptyLines = 0
          endLine(&write)
        }
        read += end - read > 1 && read[0] == cr && read[1] == lf ? 2 : 1
      }
      count = write - start
    }
  }

  /// What of a line can be copied in one piece: up to its end, or to white space that is not one space between words.
  ///
  /// - Returns: where it starts, behind white space; `read` is moved to its end. `nil` if nothing of the line is left but
  ///   white space, behind which `read` then is.
  private static func nextRun(
    _ read: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> (start: UnsafePointer<UInt8>, isAfterSpace: Bool)? {
    var place = read
    while place < end, place.pointee == space || place.pointee == tab { place += 1 }
    let (start, isAfterSpace) = (place, place > read)
    while place < end {
      // Nearly all of a letter passes here: what stands above the space.
      if place.pointee <= space {
        if place.pointee == cr || place.pointee == lf || place.pointee == tab { break }
        if place.pointee == space, end - place < 2 || isWhiteSpace(place[1]) { break }
      }
      place += 1
    }
    read = place
    return place > start ? (start, isAfterSpace) : nil
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == space || byte == tab || byte == cr || byte == lf }

  private static func endLine(_ write: inout UnsafeMutablePointer<UInt8>) {
    write[0] = cr
    write[1] = lf
    write += 2
  }
}
