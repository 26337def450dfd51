/// A message's text as the Bot API's HTML mode takes it (core.telegram.org/bots/api#html-style): the tags that it knows stay,
/// rightly nested; everything else becomes text. What a template or a value made wrong costs its markup, not the message.
struct TelegramHTML: Sendable, Equatable {
  private(set) var text = ""
  /// What counts for the limits: UTF-16 code units without markup.
  private(set) var length = 0
  /// The text without its markup.
  private(set) var plain = ""

  private var open: [String] = []
  private static let plain: Set<String> = [
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "tg-spoiler",
  ]
  private static let breaks: Set<String> = ["br", "p", "div", "/p", "/div", "li", "tr", "h1", "h2", "h3"]

  init(_ source: String) {
    var rest = source.unicodeScalars[...]
    while let scalar = rest.first {
      switch scalar {
      case "<":
        guard let end = rest.firstIndex(of: ">"), take(tag: String(rest[rest.index(after: rest.startIndex)..<end]))
        else {
          append("<")
          rest = rest.dropFirst()
          continue
        }
        rest = rest[rest.index(after: end)...]
      case "&": rest = take(entity: rest)
      case ">":
        append(">")
        rest = rest.dropFirst()
      case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}": rest = rest.dropFirst()
      default:
        text.unicodeScalars.append(scalar)
        plain.unicodeScalars.append(scalar)
        length += scalar.value > 0xFFFF ? 2 : 1
        rest = rest.dropFirst()
      }
    }
    for name in open.reversed() { text += "</\(name)>" }
    open = []
  }

  private mutating func append(_ character: String) {
    text += Self.escaped(character)
    plain += character
    length += character.utf16.count
  }

  /// `false` for what is no tag at all: a lone `<`.
  private mutating func take(tag: String) -> Bool {
    let isEnd = tag.first == "/"
    let inside = isEnd ? tag.dropFirst() : tag[...]
    let name = inside.prefix { $0.isLetter || $0.isNumber || $0 == "-" }.lowercased()
    guard inside.first?.isLetter == true, tag.utf8.count <= 4_096 else { return false }
    if isEnd {
      close(name)
    } else if Self.plain.contains(name) {
      push(name, "<\(name)>")
    } else if name == "a", let link = Self.attribute("href", of: inside) {
      push(name, "<a href=\"\(Self.escaped(link))\">")
    } else if name == "span", Self.attribute("class", of: inside) == "tg-spoiler" {
      push("tg-spoiler", "<tg-spoiler>")
    }
    if Self.breaks.contains(isEnd ? "/" + name : name), !text.isEmpty, text.last != "\n" { append("\n") }
    return true
  }

  private mutating func push(_ name: String, _ markup: String) {
    // A link within a link, bold within bold: Telegram refuses the whole message.
    guard !open.contains(name), open.count < 20 else { return }
    open.append(name)
    text += markup
  }

  /// Ends what was begun since, too.
  private mutating func close(_ name: String) {
    let name = name == "span" ? "tg-spoiler" : name
    guard let place = open.lastIndex(of: name) else { return }
    for inner in open[place...].reversed() { text += "</\(inner)>" }
    open.removeSubrange(place...)
  }

  private static let named: [String: String] = [
    "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "nbsp": "\u{A0}", "apos": "'",
  ]

  /// Numeric entities and the four that Telegram knows stay; an ampersand alone becomes one.
  private mutating func take(entity rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    let body = rest.dropFirst()
    guard let end = body.prefix(12).firstIndex(of: ";") else {
      append("&")
      return body
    }
    let name = String(body[..<end])
    let after = body[body.index(after: end)...]
    if let character = Self.named[name] {
      append(character)
      return after
    }
    if name.first == "#" {
      let digits = name.dropFirst()
      let code = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      if let code, code > 31 || code == 10, let scalar = Unicode.Scalar(code) {
        append(String(Character(scalar)))
        return after
      }
    }
    append("&")
    return body
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  /// A quoted attribute of a tag, its entities resolved as far as links hold them.
  private static func attribute(_ name: String, of tag: Substring) -> String? {
    guard let place = tag.firstRange(of: name) else { return nil }
    let rest = tag[place.upperBound...].drop { $0 == " " }
    guard rest.first == "=", let quote = rest.dropFirst().drop(while: { $0 == " " }).first,
      quote == "\"" || quote == "'"
    else { return nil }
    let value = rest.dropFirst().drop { $0 == " " }.dropFirst()
    guard let end = value.firstIndex(of: quote) else { return nil }
    return String(value[..<end]).replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
      .replacing("&amp;", with: "&")
  }
}
