/// Walks through HTML as far as needed to find the addresses of links; everything else is copied as it is.
struct HTMLLinkScanner {
  private let bytes: [UInt8]
  private var output: [UInt8] = []
  /// Up to here the input is copied.
  private var copied = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func rewritten(_ replace: (String) -> String?) -> [UInt8] {
    output.reserveCapacity(bytes.count + bytes.count / 2)
    var place = 0
    while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      place = open + 1
      if starts("!--", at: place) {
        place = end(of: "-->", from: place)
      } else if isElement("style", at: place) {
        place = end(of: "</style", from: place)
      } else if isElement("script", at: place) {
        place = end(of: "</script", from: place)
      } else if isElement("a", at: place) || isElement("area", at: place) {
        place = rewriteTag(from: place, replace)
      }
    }
    output += bytes[copied...]
    return output
  }

  private func lowered(_ place: Int) -> UInt8 {
    let byte = bytes[place]
    return (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  private func starts(_ text: StaticString, at place: Int) -> Bool {
    guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { lowered(place + $0) == text.utf8Start[$0] }
  }

  /// A tag's name is followed by white space, `/` or `>`.
  private func isElement(_ name: StaticString, at place: Int) -> Bool {
    let end = place + name.utf8CodeUnitCount
    guard starts(name, at: place), end < bytes.count else { return false }
    return bytes[end] <= 0x20 || bytes[end] == UInt8(ascii: "/") || bytes[end] == UInt8(ascii: ">")
  }

  private func end(of mark: StaticString, from start: Int) -> Int {
    var place = start
    while place < bytes.count, !starts(mark, at: place) { place += 1 }
    return place
  }

  private func skipSpace(_ place: Int) -> Int {
    var place = place
    while place < bytes.count, bytes[place] <= 0x20 || bytes[place] == UInt8(ascii: "/") { place += 1 }
    return place
  }

  /// Reads the attributes of a tag, replaces its `href`, and returns where the tag ends.
  private mutating func rewriteTag(from start: Int, _ replace: (String) -> String?) -> Int {
    var place = start
    while place < bytes.count, bytes[place] > 0x20, bytes[place] != UInt8(ascii: ">") { place += 1 }
    var link: Range<Int>?
    var isMarked = false
    while true {
      place = skipSpace(place)
      guard place < bytes.count, bytes[place] != UInt8(ascii: ">") else { break }
      let name = place
      while place < bytes.count, bytes[place] > 0x20, !"=>/".utf8.contains(bytes[place]) { place += 1 }
      if place == name { place += 1 }
      let nameEnd = place
      var after = place
      while after < bytes.count, bytes[after] <= 0x20 { after += 1 }
      guard after < bytes.count, bytes[after] == UInt8(ascii: "=") else { continue }
      let value: Range<Int>
      (value, place) = self.value(from: after + 1)
      if link == nil, nameEnd - name == 4, starts("href", at: name) { link = value }
      if nameEnd - name == 10, starts("data-track", at: name), value.count == 3, starts("off", at: value.lowerBound) {
        isMarked = true
      }
    }
    guard let link, !isMarked else { return place }
    let url = CharacterReferences.resolved(bytes[link]).trimmedSpace
    if LinkRewriter.isWeb(url), let replacement = replace(url) {
      output += bytes[copied..<link.lowerBound]
      output += replacement.utf8
      copied = link.upperBound
    }
    return place
  }

  /// An attribute's value without quotes, and the place behind it.
  private func value(from start: Int) -> (Range<Int>, Int) {
    var place = start
    while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    guard place < bytes.count else { return (place..<place, place) }
    let quote = bytes[place]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let end = bytes[(place + 1)...].firstIndex(of: quote) ?? bytes.count
      return ((place + 1)..<end, min(end + 1, bytes.count))
    }
    let first = place
    while place < bytes.count, bytes[place] > 0x20, bytes[place] != UInt8(ascii: ">") { place += 1 }
    return (first..<place, place)
  }
}

/// Character references of HTML, as far as they occur in addresses.
enum CharacterReferences {
  private static let named: [String: String] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

  static func resolved(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
    var output: [UInt8] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
      if bytes[place] == UInt8(ascii: "&"),
        let end = bytes[place..<min(place + 12, bytes.endIndex)].firstIndex(of: UInt8(ascii: ";")),
        let character = character(String(decoding: bytes[(place + 1)..<end], as: UTF8.self))
      {
        output += character.utf8
        place = end + 1
      } else {
        output.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func character(_ name: String) -> String? {
    guard name.hasPrefix("#") else { return named[name] }
    let digits = name.dropFirst()
    let number = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }
}

extension String {
  fileprivate var trimmedSpace: String {
    var text = self[...]
    while let first = text.utf8.first, first <= 0x20 { text.removeFirst() }
    while let last = text.utf8.last, last <= 0x20 { text.removeLast() }
    return String(text)
  }
}
