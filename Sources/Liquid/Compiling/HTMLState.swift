/// Where in an HTML document one is: the tokenizer of the HTML standard (§ 13.2.5), as far as escaping needs it.
struct HTMLState: Hashable, Sendable {
  enum Mode: Hashable, Sendable {
    case text
    case tagOpen, tagName, closingTag
    case beforeAttribute, attributeName, afterAttributeName, beforeValue
    case value(quote: UInt8)
    /// `<!doctype …>` and Outlook's conditional comments, whose content is HTML.
    case bang
    case comment
    /// The content of `<script>` and `<style>`.
    case script, style
  }

  private(set) var mode = Mode.text
  /// The tag or attribute name so far, small letters, at most 12 bytes; the last bytes in comments and raw text.
  private var name: [UInt8] = []
  private var element = Element.other
  private var attribute = Attribute.plain
  /// Something stands in the attribute's value already.
  private var hasValue = false

  private enum Element: Hashable, Sendable { case other, script, style }
  private enum Attribute: Hashable, Sendable { case plain, url, css, refused }

  private static let nameMax = 12

  mutating func advance(_ byte: UInt8) {
    switch mode {
    case .text: if byte == UInt8(ascii: "<") { enter(.tagOpen) }
    case .tagOpen: openTag(byte)
    case .tagName, .closingTag: passTagName(byte)
    case .beforeAttribute, .attributeName, .afterAttributeName, .beforeValue: passAttribute(byte)
    case .value(let quote): passValue(byte, quote)
    case .bang:
      remember(byte)
      if name == [UInt8(ascii: "-"), UInt8(ascii: "-")] {
        enter(.comment)
      } else if byte == UInt8(ascii: ">") {
        enter(.text)
      }
    case .comment: passComment(byte)
    case .script: passRaw(byte, until: Array("</script".utf8))
    case .style: passRaw(byte, until: Array("</style".utf8))
    }
  }

  /// How an output is escaped here.
  func output() throws(Fault) -> OutputPlace {
    switch mode {
    case .text, .comment: return .htmlText
    case .style: return .css
    case .value(let quote):
      switch attribute {
      case .plain: return quote == 0 ? .htmlUnquoted : .htmlAttribute
      case .url where quote == 0:
        throw Fault("a link needs quotes around a value: write href=\"{{ … }}\"")
      case .url: return hasValue ? .urlRest : .urlStart
      case .css where quote == 0: throw Fault("a style needs quotes around a value: write style=\"{{ … }}\"")
      case .css: return .css
      case .refused: throw Fault("a value cannot stand in an attribute that runs as a script")
      }
    case .beforeValue: throw Fault("put the value in quotes: \"{{ … }}\"")
    case .script: throw Fault("a value cannot stand inside <script>; mail programs run none")
    case .tagOpen, .tagName, .closingTag, .beforeAttribute, .attributeName, .afterAttributeName:
      throw Fault("a value cannot stand inside a tag's name or between attributes; put it in quotes behind a name")
    case .bang: throw Fault("a value cannot stand in a declaration or the condition of a comment")
    }
  }

  mutating func passOutput() {
    if case .value = mode { hasValue = true }
  }

  /// The same place but for how much of a value stands there: then the more suspicious of the two.
  func joined(with other: HTMLState) -> HTMLState? {
    var a = self
    var b = other
    a.hasValue = hasValue && other.hasValue
    b.hasValue = a.hasValue
    if a == b { return a }
    // White space may be missing in one of two branches between attributes.
    let gaps: Set<Mode> = [.beforeAttribute, .afterAttributeName, .tagName, .attributeName]
    guard gaps.contains(a.mode), gaps.contains(b.mode), a.element == b.element else { return nil }
    a.enter(.beforeAttribute)
    return a
  }

  private mutating func enter(_ mode: Mode) {
    self.mode = mode
    name.removeAll(keepingCapacity: true)
    if mode == .text { element = .other }
    if mode == .beforeAttribute || mode == .text {
      attribute = .plain
      hasValue = false
    }
  }

  private mutating func remember(_ byte: UInt8) {
    if name.count < Self.nameMax { name.append(byte >= 65 && byte <= 90 ? byte + 32 : byte) }
  }

  private mutating func openTag(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "?"): enter(.bang)
    case UInt8(ascii: "/"): enter(.closingTag)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      enter(.tagName)
      remember(byte)
    case UInt8(ascii: "<"): break
    default: enter(.text)
    }
  }

  private mutating func passTagName(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: ">"): endTag()
    case UInt8(ascii: "/"), 9, 10, 12, 13, 32:
      if mode == .tagName { noteElement() }
      enter(.beforeAttribute)
    default: remember(byte)
    }
  }

  private mutating func noteElement() {
    if name == Array("script".utf8) {
      element = .script
    } else if name == Array("style".utf8) {
      element = .style
    }
  }

  private mutating func endTag() {
    if mode == .tagName { noteElement() }
    switch element {
    case .script: enter(.script)
    case .style: enter(.style)
    case .other: enter(.text)
    }
  }

  private mutating func passAttribute(_ byte: UInt8) {
    switch (mode, byte) {
    case (_, UInt8(ascii: ">")): endTag()
    case (.beforeValue, 9), (.beforeValue, 10), (.beforeValue, 12), (.beforeValue, 13), (.beforeValue, 32): break
    case (.beforeValue, UInt8(ascii: "\"")), (.beforeValue, UInt8(ascii: "'")): beginValue(byte)
    case (.beforeValue, _):
      beginValue(0)
      hasValue = true
    case (.beforeAttribute, 9), (.beforeAttribute, 10), (.beforeAttribute, 12), (.beforeAttribute, 13),
      (.beforeAttribute, 32), (.beforeAttribute, UInt8(ascii: "/")):
      break
    case (_, UInt8(ascii: "=")) where mode != .beforeAttribute:
      noteAttribute()
      mode = .beforeValue
    case (.attributeName, 9), (.attributeName, 10), (.attributeName, 12), (.attributeName, 13), (.attributeName, 32):
      mode = .afterAttributeName
    case (.afterAttributeName, 9), (.afterAttributeName, 10), (.afterAttributeName, 12), (.afterAttributeName, 13),
      (.afterAttributeName, 32):
      break
    case (_, UInt8(ascii: "/")): enter(.beforeAttribute)
    case (.attributeName, _): remember(byte)
    default:
      enter(.beforeAttribute)
      mode = .attributeName
      remember(byte)
    }
  }

  private mutating func noteAttribute() {
    let text = String(decoding: name, as: UTF8.self)
    switch text {
    case "href", "src", "action", "formaction", "background", "poster", "cite", "longdesc", "xlink:href", "data",
      "codebase", "lowsrc", "dynsrc", "ping", "manifest":
      attribute = .url
    case "style": attribute = .css
    case "srcdoc", "srcset", "imagesrcset": attribute = .refused
    default: attribute = text.hasPrefix("on") ? .refused : .plain
    }
  }

  private mutating func beginValue(_ quote: UInt8) {
    let attribute = attribute
    enter(.value(quote: quote))
    self.attribute = attribute
    hasValue = false
  }

  private mutating func passValue(_ byte: UInt8, _ quote: UInt8) {
    if quote != 0 {
      if byte == quote { return enter(.beforeAttribute) }
      // Leading white space does not count: programs cut it off.
      if !isLiquidSpace(byte) { hasValue = true }
    } else if byte == UInt8(ascii: ">") {
      endTag()
    } else if isLiquidSpace(byte) {
      enter(.beforeAttribute)
    }
  }

  private mutating func passComment(_ byte: UInt8) {
    // `<!--[if mso]>`: what follows is HTML for those who read it.
    if name.isEmpty, byte == UInt8(ascii: "[") { return enter(.bang) }
    // `<!-->` and `<!--->` are whole comments.
    if byte == UInt8(ascii: ">"), name.isEmpty || name == [UInt8(ascii: "-")] { return enter(.text) }
    slide(byte, 4)
    if name.suffix(3) == Array("-->".utf8)[...] || name == Array("--!>".utf8) { enter(.text) }
  }

  private mutating func passRaw(_ byte: UInt8, until end: [UInt8]) {
    slide(byte, end.count)
    if name == end {
      element = .other
      enter(.closingTag)
    }
  }

  /// Keeps the last bytes only.
  private mutating func slide(_ byte: UInt8, _ count: Int) {
    name.append(byte >= 65 && byte <= 90 ? byte + 32 : byte)
    if name.count > count { name.removeFirst(name.count - count) }
  }
}
