import RoostCore

extension Machine {
  /// Filters that make a text of a text.
  mutating func transform(
    _ filter: Filter, _ input: LiquidValue, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    let text = input.text
    switch filter {
    case .append: return try glue(input, arguments[0] ?? .null)
    case .prepend: return try glue(arguments[0] ?? .null, input)
    case .capitalize: return .string(text.prefix(1).uppercased() + text.dropFirst().lowercased())
    case .upcase: return .string(text.uppercased())
    case .downcase: return .string(text.lowercased())
    case .escape, .h: return try escaped(text)
    case .escapeOnce: return .markup(Self.escapedOnce(Array(text.utf8)))
    case .lstrip, .rstrip, .strip: return strip(filter, input)
    case .squish: return .string(Self.words(text, most: .max).joined(separator: " "))
    case .newlineToBr: return try brokenLines(input)
    case .stripNewlines: return same(input, String(decoding: text.utf8.filter { $0 != 10 && $0 != 13 }, as: UTF8.self))
    case .stripHtml: return .string(String(decoding: Self.withoutTags(Array(text.utf8)), as: UTF8.self))
    case .remove, .removeFirst, .removeLast, .replace, .replaceFirst, .replaceLast:
      return try replace(filter, text, arguments)
    case .split: return try split(text, arguments.text(0))
    case .truncate: return try truncate(text, arguments)
    case .truncatewords: return try truncateWords(text, arguments)
    default: return try encode(filter, text)
    }
  }

  /// Text that stays HTML if it was.
  private func same(_ input: LiquidValue, _ text: String) -> LiquidValue {
    if case .markup = input { .markup(text) } else { .string(text) }
  }

  private mutating func glue(_ first: LiquidValue, _ second: LiquidValue) throws(Fault) -> LiquidValue {
    try charge(scratch: first.weight + second.weight)
    switch (first, second) {
    case (.markup(let a), .markup(let b)): return .markup(a + b)
    case (.markup(let a), _) where escapesHTML: return .markup(a + Self.escape(second.text))
    case (_, .markup(let b)) where escapesHTML: return .markup(Self.escape(first.text) + b)
    default: return .string(first.text + second.text)
    }
  }

  private mutating func escaped(_ text: String) throws(Fault) -> LiquidValue {
    let result = Self.escape(text)
    try charge(scratch: result.utf8.count)
    return .markup(result)
  }

  static func escape(_ text: String) -> String {
    var escaped = Output(capacity: text.utf8.count + 16)
    escaped.append(escapingHTML: text)
    return escaped.text()
  }

  /// Entities stay as they are (Shopify: `&` not followed by a name or number and a semicolon).
  private static func escapedOnce(_ bytes: [UInt8]) -> String {
    var escaped = Output(capacity: bytes.count + 16)
    for (index, byte) in bytes.enumerated() {
      if let entity = Output.entity(byte), byte != UInt8(ascii: "&") || !isEntity(bytes, at: index) {
        escaped.append(entity)
      } else {
        escaped.append(byte)
      }
    }
    return escaped.text()
  }

  private static func isEntity(_ bytes: [UInt8], at place: Int) -> Bool {
    var index = place + 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "#") { index += 1 }
    let start = index
    while index < bytes.count, index - start < 32, ExpressionLexer.isWordByte(bytes[index]), bytes[index] < 128 {
      index += 1
    }
    return index > start && index < bytes.count && bytes[index] == UInt8(ascii: ";")
  }

  private func strip(_ filter: Filter, _ input: LiquidValue) -> LiquidValue {
    var bytes = Array(input.text.utf8)[...]
    if filter != .rstrip { bytes = bytes.drop(while: isLiquidSpace) }
    if filter != .lstrip { while let last = bytes.last, isLiquidSpace(last) { bytes.removeLast() } }
    return same(input, String(decoding: bytes, as: UTF8.self))
  }

  private mutating func brokenLines(_ input: LiquidValue) throws(Fault) -> LiquidValue {
    var text = input.text
    if escapesHTML, case .markup = input {} else if escapesHTML { text = Self.escape(text) }
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    for (index, byte) in source.enumerated() {
      switch byte {
      case 13 where index + 1 < source.count && source[index + 1] == 10: break
      case 10: bytes.append(utf8: "<br />\n")
      default: bytes.append(byte)
      }
    }
    try charge(scratch: bytes.count)
    return .markup(String(decoding: bytes, as: UTF8.self))
  }

  /// Without tags, comments, scripts and styles.
  private static func withoutTags(_ bytes: [UInt8]) -> [UInt8] {
    let hidden: [(open: [UInt8], close: [UInt8])] = [
      (Array("<script".utf8), Array("</script>".utf8)), (Array("<style".utf8), Array("</style>".utf8)),
      (Array("<!--".utf8), Array("-->".utf8)),
    ]
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "<") else {
        result.append(bytes[at])
        at += 1
        continue
      }
      if let pair = hidden.first(where: { bytes[at...].starts(with: $0.open) }),
        let close = bytes.place(of: pair.close, from: at)
      {
        at = close + pair.close.count
      } else if let close = bytes[at...].firstIndex(of: UInt8(ascii: ">")) {
        at = close + 1
      } else {
        return result + bytes[at...]
      }
    }
    return result
  }

  private mutating func replace(
    _ filter: Filter, _ text: String, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    let bytes = Array(text.utf8)
    let wanted = Array(arguments.text(0).utf8)
    let new = Array(arguments.text(1).utf8)
    var places: [Int] = []
    switch filter {
    case .replaceFirst, .removeFirst: places = bytes.place(of: wanted, from: 0).map { [$0] } ?? []
    case .replaceLast, .removeLast: places = bytes.lastPlace(of: wanted).map { [$0] } ?? []
    case _ where wanted.isEmpty: places = Self.characterStarts(bytes)
    default:
      var from = 0
      while let place = bytes.place(of: wanted, from: from) {
        places.append(place)
        from = place + wanted.count
      }
    }
    if filter == .remove, wanted.isEmpty { places = [] }
    try charge(scratch: bytes.count + min(places.count, 1 << 24) * min(new.count + 8, 1 << 24))
    var result: [UInt8] = []
    var at = 0
    for place in places {
      result += bytes[at..<place]
      result += new
      at = place + wanted.count
    }
    result += bytes[at...]
    return .string(String(decoding: result, as: UTF8.self))
  }

  /// Before each character and behind the last.
  private static func characterStarts(_ bytes: [UInt8]) -> [Int] {
    bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
  }

  private mutating func split(_ text: String, _ separator: String) throws(Fault) -> LiquidValue {
    var parts: [String]
    if separator.isEmpty {
      parts = text.unicodeScalars.map { String($0) }
    } else if separator == " " {
      parts = Self.words(text, most: .max)
    } else {
      parts = []
      let bytes = Array(text.utf8)
      let wanted = Array(separator.utf8)
      var from = 0
      while let place = bytes.place(of: wanted, from: from) {
        parts.append(String(decoding: bytes[from..<place], as: UTF8.self))
        from = place + wanted.count
      }
      parts.append(String(decoding: bytes[from...], as: UTF8.self))
    }
    while parts.last?.isEmpty == true { parts.removeLast() }
    try charge(scratch: parts.count * 32)
    return .list(parts.map { .string($0) })
  }

  /// Up to so many words; the rest of the text is left off.
  static func words(_ text: String, most: Int) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    for byte in text.utf8 {
      if !isLiquidSpace(byte) {
        word.append(byte)
      } else if !word.isEmpty {
        words.append(String(decoding: word, as: UTF8.self))
        if words.count == most { return words }
        word.removeAll(keepingCapacity: true)
      }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }

  private func truncate(_ text: String, _ arguments: FilterArguments) throws(Fault) -> LiquidValue {
    var most = 50
    if let given = arguments[0] {
      guard let number = try Self.whole(given) else { throw Fault("the length is no whole number") }
      most = number
    }
    let ending = arguments[1].map(\.text) ?? "..."
    let scalars = text.unicodeScalars
    guard scalars.count > max(0, most) else { return .string(text) }
    var result = ""
    result.unicodeScalars.append(contentsOf: scalars.prefix(max(0, most - ending.unicodeScalars.count)))
    return .string(result + ending)
  }

  private func truncateWords(_ text: String, _ arguments: FilterArguments) throws(Fault) -> LiquidValue {
    var most = 15
    if let given = arguments[0] {
      guard let number = try Self.whole(given) else { throw Fault("the number of words is no whole number") }
      most = max(1, number)
    }
    let words = Self.words(text, most: min(most, 1 << 30) + 1)
    guard words.count > most else { return .string(text) }
    return .string(words.prefix(most).joined(separator: " ") + (arguments[1].map(\.text) ?? "..."))
  }
}

extension [UInt8] {
  func lastPlace(of other: [UInt8]) -> Int? {
    guard count >= other.count else { return nil }
    var place = count - other.count
    while place >= 0 {
      if self[place..<(place + other.count)].elementsEqual(other) { return place }
      place -= 1
    }
    return nil
  }
}
