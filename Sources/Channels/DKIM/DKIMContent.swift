import Crypto

/// What the signatures of one letter are made over; the same for each signer.
struct DKIMContent {
  /// What the tag `h` says, in lower case.
  private(set) var names: [[UInt8]] = []
  /// The signed fields in their canonical form, in the order of `names`.
  private(set) var fields: [UInt8] = []
  let bodyHash: [UInt8]

  /// Fields that are signed where the message has them, as RFC 6376 5.4.1 and RFC 8058 4 ask.
  ///
  /// What is sealed is named once more than it occurs: nobody can add a second one that readers would show (RFC 6376 8.15).
  private static let signedFields: [(name: [UInt8], isSealed: Bool)] = [
    ("from", true), ("reply-to", false), ("to", true), ("subject", true), ("date", false), ("message-id", false),
    ("mime-version", false), ("content-type", true), ("content-transfer-encoding", false),
    ("list-unsubscribe", false), ("list-unsubscribe-post", false), ("list-id", false), ("feedback-id", false),
  ].map { (Array($0.0.utf8), $0.1) }

  /// - Parameter letter: header and body.
  init(_ letter: UnsafeBufferPointer<UInt8>) {
    let header = HeaderFields(letter)
    let body = UnsafeBufferPointer(rebasing: letter[min(header.end + 2, letter.count)...])
    bodyHash = Array(SHA256.hash(data: DKIMCanonical.body(body)))
    fields.reserveCapacity(header.end)
    let found = header.fields.map { Self.place(of: $0.name) }
    for (place, field) in Self.signedFields.enumerated() {
      // The lowest comes first (RFC 6376 5.4.2).
      for (number, candidate) in header.fields.enumerated().reversed() where found[number] == place {
        names.append(field.name)
        DKIMCanonical.appendHeader(candidate.bytes, to: &fields)
      }
      if field.isSealed { names.append(field.name) }
    }
  }

  private static func place(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    signedFields.firstIndex { field in
      field.name.count == name.count
        && (0..<name.count).allSatisfy { place in
          let byte = name[place]
          return ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == field.name[place]
        }
    }
  }
}

/// A letter's header, taken apart where it lies.
private struct HeaderFields {
  /// With its folded lines and the CRLF at its end.
  struct Field {
    var name: UnsafeBufferPointer<UInt8>
    var bytes: UnsafeBufferPointer<UInt8>
  }

  private(set) var fields: [Field] = []
  /// Where the empty line between header and body begins, or the letter's end.
  private(set) var end: Int

  init(_ letter: UnsafeBufferPointer<UInt8>) {
    let (lf, cr) = (UInt8(0x0A), UInt8(0x0D))
    end = letter.count
    fields.reserveCapacity(16)
    var start = 0
    for place in 0..<letter.count where letter[place] == lf {
      if place > 2, letter[place - 1] == cr, letter[place - 2] == lf, letter[place - 3] == cr {
        end = place - 1
        break
      }
      let next = place + 1
      if next < letter.count, letter[next] == 0x20 || letter[next] == 0x09 { continue }
      append(letter[start..<next])
      start = next
    }
    if start < end { append(letter[start..<end]) }
  }

  private mutating func append(_ field: Slice<UnsafeBufferPointer<UInt8>>) {
    let bytes = UnsafeBufferPointer(rebasing: field)
    // Without a colon it has no name, and is no field.
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return }
    fields.append(Field(name: UnsafeBufferPointer(rebasing: bytes[..<colon]), bytes: bytes))
  }
}
