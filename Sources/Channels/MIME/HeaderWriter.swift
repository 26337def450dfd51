/// Writes header fields, folded so that no line passes 76 characters (RFC 5322 2.1.1 allows 78, RFC 2047 2 only 76)
/// unless a single word is longer.
struct HeaderWriter {
  static let lineMax = 76

  /// What was written; a body may be put behind it.
  var bytes: [UInt8] = []
  private var column = 0
  private var isFirstWord = true

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// A field of words that may be parted at the spaces between them and must not be encoded.
  mutating func write(name: String, atoms: [String]) {
    begin(name)
    for atom in atoms { write(word: atom.utf8) }
    end()
  }

  /// An unstructured field: as it is when that is safe, else as encoded-words.
  mutating func write(name: String, text: String, breaksLongWords: Bool) {
    begin(name)
    if Self.isPlain(text, wordMax: breaksLongWords ? Self.lineMax - name.utf8.count - 2 : .max) {
      write(plain: text)
    } else {
      write(encodedWords: text)
    }
    end()
  }

  /// A field of mailboxes (RFC 5322 3.6.2, 3.6.3).
  mutating func write(name: String, mailboxes: [MailAddress], field: String) throws(EmailMessageError) {
    begin(name)
    for (index, mailbox) in mailboxes.enumerated() {
      let itemField = mailboxes.count == 1 ? field : "\(field)/\(index)"
      let comma = index + 1 < mailboxes.count ? "," : ""
      if let displayName = mailbox.displayName {
        try EmailMessageError.refuseLineBreaks(in: displayName, field: itemField)
        write(displayName: displayName)
        write(word: "<\(mailbox.addressSpec)>\(comma)".utf8)
      } else {
        write(word: "\(mailbox.addressSpec)\(comma)".utf8)
      }
    }
    end()
  }

  private mutating func begin(_ name: String) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: ":"))
    column = name.utf8.count + 1
    isFirstWord = true
  }

  private mutating func end() {
    bytes.append(0x0D)
    bytes.append(0x0A)
  }

  /// Appends a word after its white space, on a new line where this one would become too long. The first word stays
  /// beside the field's name: some readers count the space of a folded first line to the value.
  private mutating func write(word: some Collection<UInt8>, spaces: Int = 1) {
    let count = word.count
    if column + spaces + count > Self.lineMax, !isFirstWord {
      end()
      column = 0
    }
    isFirstWord = false
    for _ in 0..<spaces { bytes.append(UInt8(ascii: " ")) }
    bytes.append(contentsOf: word)
    column += spaces + count
  }

  private mutating func write(plain text: String) {
    var text = text
    text.withUTF8 { text in
      var (spaces, start) = (1, 0)
      while start < text.count {
        let end = text[start...].firstIndex(of: UInt8(ascii: " ")) ?? text.count
        if end > start {
          write(word: UnsafeBufferPointer(rebasing: text[start..<end]), spaces: spaces)
          spaces = 0
        }
        spaces += 1
        start = end + 1
      }
    }
  }

  private mutating func write(encodedWords text: String) {
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      // What does not fit behind an address or a name gets a line of its own.
      let room = Self.lineMax - column - 1
      let lengthMax = room < 30 && !isFirstWord ? EncodedWord.lengthMax : min(EncodedWord.lengthMax, room)
      let word = EncodedWord.next(from: &rest, lengthMax: lengthMax)
      write(word: word)
    }
  }

  /// A phrase (RFC 5322 3.2.5): atoms as they are, else a quoted string, else encoded-words.
  private mutating func write(displayName: String) {
    let words = displayName.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    let isASCII = displayName.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    if isASCII, !displayName.contains("=?"),
      words.allSatisfy({ (1...60).contains($0.count) && $0.allSatisfy(MailAddress.isAtomText) })
    {
      for word in words { write(word: word) }
    } else if isASCII, !displayName.contains("=?"), displayName.utf8.count <= 50 {
      write(word: QuotedString.quote(displayName).utf8)
    } else {
      write(encodedWords: displayName)
    }
  }

  /// True when a reader gets the text back from a folded line: printable ASCII, no white space at either end,
  /// nothing that looks like an encoded-word, no word too long for a line.
  private static func isPlain(_ text: String, wordMax: Int) -> Bool {
    guard text.utf8.first != UInt8(ascii: " "), text.utf8.last != UInt8(ascii: " ") else { return false }
    var wordLength = 0
    var spaceLength = 0
    var previous: UInt8 = 0
    for byte in text.utf8 {
      guard (0x20...0x7E).contains(byte), !(previous == UInt8(ascii: "=") && byte == UInt8(ascii: "?")) else {
        return false
      }
      if byte == UInt8(ascii: " ") {
        (wordLength, spaceLength) = (0, spaceLength + 1)
      } else {
        (wordLength, spaceLength) = (wordLength + 1, 0)
      }
      guard wordLength <= wordMax, spaceLength < 20 else { return false }
      previous = byte
    }
    return true
  }
}
