/// An attribute of an element. Only these exist: there is no way to write `style`, `onclick` or a link to elsewhere.
public struct Attribute: Sendable {
  private enum Content: Sendable {
    case nothing
    case flag
    case literal(StaticString)
    case text(String)
    case number(Int)
    case phrase(Phrase)
  }

  private let name: StaticString
  private let content: Content

  /// No attribute: the other side of a condition.
  public static let none = Attribute(name: "", content: .nothing)

  public static func `class`(_ names: StaticString) -> Attribute { Attribute(name: "class", content: .literal(names)) }
  public static func id(_ id: StaticString) -> Attribute { Attribute(name: "id", content: .literal(id)) }
  public static func href(_ link: Link) -> Attribute { Attribute(name: "href", content: .text(link.text)) }
  public static func href(anchor: StaticString) -> Attribute { Attribute(name: "href", content: .literal(anchor)) }
  public static func src(_ link: Link) -> Attribute { Attribute(name: "src", content: .text(link.text)) }
  public static func action(_ link: Link) -> Attribute { Attribute(name: "action", content: .text(link.text)) }
  public static func method(_ method: StaticString) -> Attribute {
    Attribute(name: "method", content: .literal(method))
  }
  public static func type(_ type: StaticString) -> Attribute { Attribute(name: "type", content: .literal(type)) }
  public static func name(_ name: StaticString) -> Attribute { Attribute(name: "name", content: .literal(name)) }
  public static func value(_ value: String) -> Attribute { Attribute(name: "value", content: .text(value)) }
  public static func value(_ value: Int) -> Attribute { Attribute(name: "value", content: .number(value)) }
  public static func max(_ value: Int) -> Attribute { Attribute(name: "max", content: .number(value)) }
  public static func title(_ title: String) -> Attribute { Attribute(name: "title", content: .text(title)) }
  public static func title(_ title: Phrase) -> Attribute { Attribute(name: "title", content: .phrase(title)) }
  public static func placeholder(_ phrase: Phrase) -> Attribute {
    Attribute(name: "placeholder", content: .phrase(phrase))
  }
  public static func label(_ phrase: Phrase) -> Attribute { Attribute(name: "aria-label", content: .phrase(phrase)) }
  public static func dateTime(_ text: String) -> Attribute { Attribute(name: "datetime", content: .text(text)) }
  public static func lang(_ language: Language) -> Attribute {
    Attribute(name: "lang", content: .text(language.rawValue))
  }
  public static func `for`(_ id: StaticString) -> Attribute { Attribute(name: "for", content: .literal(id)) }
  public static func describedBy(_ id: StaticString) -> Attribute {
    Attribute(name: "aria-describedby", content: .literal(id))
  }
  /// Any other attribute whose value is fixed: `rel`, `scope`, `role`, `viewBox`, `d`…
  public static func fixed(_ name: Fixed, _ value: StaticString) -> Attribute {
    Attribute(name: name.name, content: .literal(value))
  }
  /// An attribute that is there or not.
  public static func flag(_ flag: Flag) -> Attribute { Attribute(name: flag.name, content: .flag) }
  /// A coordinate in a picture.
  public static func coordinate(_ name: Coordinate, _ value: Int) -> Attribute {
    Attribute(name: name.name, content: .number(value))
  }
  static func live(_ name: StaticString) -> Attribute { Attribute(name: "data-live", content: .literal(name)) }
  static let currentPage = Attribute(name: "aria-current", content: .literal("page"))

  /// Attributes with fixed values.
  public enum Fixed: Sendable {
    case autocomplete, charset, content, current, d, hidden, media, name, rel, role, rows, sandbox, scope, spellcheck,
      tabindex
    case viewBox, preserveAspectRatio

    var name: StaticString {
      switch self {
      case .autocomplete: "autocomplete"
      case .charset: "charset"
      case .content: "content"
      case .current: "aria-current"
      case .d: "d"
      case .hidden: "aria-hidden"
      case .media: "media"
      case .name: "name"
      case .rel: "rel"
      case .role: "role"
      case .rows: "rows"
      case .sandbox: "sandbox"
      case .scope: "scope"
      case .spellcheck: "spellcheck"
      case .tabindex: "tabindex"
      case .viewBox: "viewBox"
      case .preserveAspectRatio: "preserveAspectRatio"
      }
    }
  }

  /// Attributes without value.
  public enum Flag: Sendable {
    case autofocus, `defer`, open, required, selected

    var name: StaticString {
      switch self {
      case .autofocus: "autofocus"
      case .defer: "defer"
      case .open: "open"
      case .required: "required"
      case .selected: "selected"
      }
    }
  }

  /// Places and sizes in an SVG picture, in its own units.
  public enum Coordinate: Sendable {
    case x, y, width, height

    var name: StaticString {
      switch self {
      case .x: "x"
      case .y: "y"
      case .width: "width"
      case .height: "height"
      }
    }
  }

  func write(into html: inout HTML) {
    if case .nothing = content { return }
    html.append(byte: UInt8(ascii: " "))
    html.append(literal: name)
    if case .flag = content { return }
    html.append(literal: "=\"")
    switch content {
    case .literal(let literal): html.append(literal: literal)
    case .text(let text): html.append(escaped: text)
    case .number(let number): html.append(escaped: String(number))
    case .phrase(let phrase): html.append(escaped: phrase.text(in: html.reader.language))
    case .nothing, .flag: break
    }
    html.append(byte: UInt8(ascii: "\""))
  }
}
