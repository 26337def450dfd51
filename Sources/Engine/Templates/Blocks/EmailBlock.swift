import RoostCore

/// A piece of a letter that becomes HTML for every mail program and plain text. Texts and links may hold Liquid.
enum EmailBlock: Sendable, Equatable {
  case heading(text: String, level: Int, style: Style)
  /// Paragraphs, apart by empty lines.
  case text(String, style: Style)
  case html(String)
  case image(source: String, alt: String, url: String?, width: Int)
  case button(text: String, url: String, style: Style)
  case products(ProductGrid)
  case coupon(code: String, text: String, style: Style)
  case divider(color: String)
  case footer(Footer)

  struct Style: Sendable, Equatable {
    var align = "left"
    /// Of the text, or of a button's or coupon's ground.
    var color: String?
    var textColor: String?
  }

  struct ProductGrid: Sendable, Equatable {
    enum Source: Sendable, Equatable {
      /// A path such as `event.products`: what events say, filled up from the catalogue.
      case path(String)
      /// Of the catalogue, by name or by ids.
      case category(String)
      case ids([String])
    }
    var source: Source
    var hidesOutOfStock: Bool
    var limit: Int
    var columns: Int
    /// What the button below each says; `nil` for none.
    var button: String?
  }

  /// Most products that a block names by their ids.
  static let idsMax = 24

  struct Footer: Sendable, Equatable {
    var text: String
    var unsubscribe: String
    var preferences: String?
  }

  /// Most blocks of one letter.
  static let countMax = 200
  static let width = 600
}

/// A text in which Liquid stays and everything else is escaped for HTML.
struct BlockText {
  /// Pieces in turn: literal text, Liquid, literal text …
  private let pieces: [(text: String, isLiquid: Bool)]

  init(_ source: String) {
    var pieces: [(text: String, isLiquid: Bool)] = []
    var rest = source[...]
    while let open = Self.opening(in: rest) {
      if open > rest.startIndex { pieces.append((String(rest[..<open]), false)) }
      let close = rest[open...].hasPrefix("{{") ? "}}" : "%}"
      guard let end = rest[open...].firstRange(of: close)?.upperBound else {
        // Never closed: the parser says so, with the place.
        pieces.append((String(rest[open...]), true))
        rest = rest[rest.endIndex...]
        break
      }
      pieces.append((String(rest[open..<end]), true))
      rest = rest[end...]
    }
    if !rest.isEmpty { pieces.append((String(rest), false)) }
    self.pieces = pieces
  }

  private static func opening(in text: Substring) -> Substring.Index? {
    let output = text.firstRange(of: "{{")?.lowerBound
    let tag = text.firstRange(of: "{%")?.lowerBound
    guard let output, let tag else { return output ?? tag }
    return min(output, tag)
  }

  /// For between tags and in quoted attributes.
  var html: String {
    pieces.map { $0.isLiquid ? $0.text : Self.escape($0.text) }.joined()
  }

  private static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
