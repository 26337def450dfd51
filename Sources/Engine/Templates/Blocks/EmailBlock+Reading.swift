import RoostCore

/// Reads the blocks of a letter; findings name the field.
struct BlockReader {
  private(set) var findings: [Problem.Finding] = []
  /// The letter's language: in which footers speak unless they say it themselves.
  let language: String

  init(language: String) { self.language = language }

  private static let types = ["heading", "text", "html", "image", "button", "products", "coupon", "divider", "footer"]

  mutating func blocks(_ value: JSONValue, at pointer: String) -> [EmailBlock] {
    guard let items = value.array else {
      findings.append(.init(pointer: pointer, detail: "blocks are a list, not \(value.kind)"))
      return []
    }
    guard items.count <= EmailBlock.countMax else {
      findings.append(.init(pointer: pointer, detail: "more than \(EmailBlock.countMax) blocks"))
      return []
    }
    return items.enumerated().compactMap { index, item in block(item, at: "\(pointer)/\(index)") }
  }

  private mutating func block(_ body: JSONValue, at pointer: String) -> EmailBlock? {
    guard let type = body["type"]?.string, Self.types.contains(type) else {
      findings.append(
        .init(pointer: pointer + "/type", detail: "the type of a block is one of \(Self.types.joined(separator: ", "))")
      )
      return nil
    }
    var fields = BlockFields(body, type: type, at: pointer)
    let block = block(type, &fields)
    fields.finish()
    findings += fields.findings
    return fields.findings.isEmpty ? block : nil
  }

  private func block(_ type: String, _ fields: inout BlockFields) -> EmailBlock {
    switch type {
    case "heading":
      return .heading(
        text: fields.text("text"), level: fields.whole("level", 1...3, default: 1), style: fields.style(["color"]))
    case "text": return .text(fields.text("text"), style: fields.style(["color"]))
    case "html": return .html(fields.text("html"))
    case "image":
      return .image(
        source: fields.text("src"), alt: fields.text("alt", mayBeEmpty: true), url: fields.optional("url"),
        width: fields.whole("width", 16...600, default: EmailBlock.width))
    case "button":
      return .button(text: fields.text("text"), url: fields.text("url"), style: fields.style(["color", "textColor"]))
    case "products":
      return .products(
        .init(
          source: fields.products(), hidesOutOfStock: fields.choice("outOfStock", ["hide", "show"]) == "hide",
          limit: fields.whole("limit", 1...24, default: 4),
          columns: fields.whole("columns", 1...3, default: 2), button: fields.optional("button")))
    case "coupon":
      return .coupon(code: fields.text("code"), text: fields.optional("text") ?? "", style: fields.style(["color"]))
    case "divider": return .divider(color: fields.color("color") ?? "#dddddd")
    default:
      let isRussian = language.lowercased().hasPrefix("ru")
      return .footer(
        .init(
          text: fields.text("text"),
          unsubscribe: fields.optional("unsubscribe") ?? (isRussian ? "Отписаться" : "Unsubscribe"),
          preferences: fields.optional("preferences")))
    }
  }
}

/// The fields of one block, ticked off as they are read.
private struct BlockFields {
  let body: JSONValue
  let type: String
  let pointer: String
  var findings: [Problem.Finding] = []
  private var known: Set<String> = ["type"]

  init(_ body: JSONValue, type: String, at pointer: String) {
    self.body = body
    self.type = type
    self.pointer = pointer
  }

  private mutating func note(_ name: String, _ detail: String) {
    findings.append(.init(pointer: "\(pointer)/\(name)", detail: detail))
  }

  mutating func text(_ name: String, mayBeEmpty: Bool = false) -> String {
    known.insert(name)
    if let text = body[name]?.string, mayBeEmpty || !text.isEmpty { return text }
    note(name, "a \(type) needs \(name) as text")
    return ""
  }

  mutating func optional(_ name: String) -> String? {
    known.insert(name)
    guard let value = body[name], value != .null else { return nil }
    if let text = value.string { return text }
    note(name, "\(name) is a text, not \(value.kind)")
    return nil
  }

  mutating func whole(_ name: String, _ range: ClosedRange<Int>, default usual: Int) -> Int {
    known.insert(name)
    guard let value = body[name] else { return usual }
    if let number = value.int.map({ Int(clamping: $0) }), range.contains(number) { return number }
    note(name, "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)")
    return usual
  }

  /// `#rgb` or `#rrggbb`: what every mail program knows.
  mutating func color(_ name: String) -> String? {
    known.insert(name)
    guard let value = body[name] else { return nil }
    if let text = value.string, text.utf8.first == UInt8(ascii: "#"), [4, 7].contains(text.utf8.count),
      text.utf8.dropFirst().allSatisfy({ byte in
        (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)
      })
    {
      return text
    }
    note(name, "a colour is written like #0a5bd3")
    return nil
  }

  mutating func style(_ colors: [String]) -> EmailBlock.Style {
    var style = EmailBlock.Style()
    if colors.contains("color") { style.color = color("color") }
    if colors.contains("textColor") { style.textColor = color("textColor") }
    known.insert("align")
    if let value = body["align"] {
      if let text = value.string, ["left", "center", "right"].contains(text) {
        style.align = text
      } else {
        note("align", "align is left, center or right")
      }
    }
    return style
  }

  /// Where a grid's products come from: one of `items`, `category` and `ids`.
  mutating func products() -> EmailBlock.ProductGrid.Source {
    known.formUnion(["items", "category", "ids"])
    let given = ["items", "category", "ids"].filter { body[$0] != nil }
    if given.count > 1 { note(given[1], "a \(type) has \(given[0]) or \(given[1]), not both") }
    if let value = body["category"] {
      if let name = value.string, Self.isPlain(name) { return .category(name) }
      note("category", "category is the name of one of the catalogue's categories, without quotes and braces")
    }
    if let value = body["ids"] {
      let ids = (value.array ?? []).compactMap(\.string)
      if (1...EmailBlock.idsMax).contains(ids.count), ids.count == value.array?.count,
        ids.allSatisfy({ Self.isPlain($0) && !$0.contains("\n") })
      {
        return .ids(ids)
      }
      note(
        "ids", "ids is a list of 1 to \(EmailBlock.idsMax) ids of the catalogue's products, without quotes and braces")
    }
    return .path(path("items", default: "event.products"))
  }

  /// What can stand between quotes of Liquid.
  private static func isPlain(_ text: String) -> Bool {
    (1...512).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 32 && !"'\"{}%".utf8.contains($0) }
  }

  /// One of some words; the first if there is none.
  mutating func choice(_ name: String, _ words: [String]) -> String {
    known.insert(name)
    guard let value = body[name] else { return words[0] }
    if let word = value.string, words.contains(word) { return word }
    note(name, "\(name) is \(words.joined(separator: " or "))")
    return words[0]
  }

  /// A path of a template: it goes into a tag as it is.
  mutating func path(_ name: String, default usual: String) -> String {
    known.insert(name)
    guard let value = body[name] else { return usual }
    if let text = value.string, !text.isEmpty,
      text.utf8.allSatisfy({ byte in
        (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte == 95
          || byte == 46
      }), !text.hasPrefix("."), !text.hasSuffix(".")
    {
      return text
    }
    note(name, "\(name) is a path such as event.products")
    return usual
  }

  mutating func finish() {
    for member in body.members ?? [] where !known.contains(member.key) {
      note(pointerToken(member.key), "a \(type) has \(known.sorted().joined(separator: ", "))")
    }
  }
}
