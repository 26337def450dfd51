/// Where a value goes, which says how it is escaped.
enum OutputPlace: UInt8, Sendable, BitwiseCopyable {
  case plain
  /// Between tags, and in comments.
  case htmlText
  case htmlAttribute
  case htmlUnquoted
  /// The first of a link: its scheme is looked at.
  case urlStart
  case urlRest
  /// `style` attributes and elements.
  case css
  /// Between the quotes of a JSON string.
  case jsonText
  /// Anywhere else in JSON: a whole value.
  case jsonValue

  var isHTML: Bool {
    switch self {
    case .htmlText, .htmlAttribute, .htmlUnquoted, .urlStart, .urlRest, .css: true
    case .plain, .jsonText, .jsonValue: false
    }
  }
}

/// Follows the text of a template, so that each output knows where it stands.
enum MarkupState: Hashable, Sendable {
  case plain
  case html(HTMLState)
  case json(JSONState)

  mutating func advance(over text: some Sequence<UInt8>) {
    switch self {
    case .plain: break
    case .html(var state):
      for byte in text { state.advance(byte) }
      self = .html(state)
    case .json(var state):
      for byte in text { state.advance(byte) }
      self = .json(state)
    }
  }

  /// Where an output would go; a failure says why it cannot stand here.
  func output() throws(Fault) -> OutputPlace {
    switch self {
    case .plain: .plain
    case .html(let state): try state.output()
    case .json(let state): state.isInText ? .jsonText : .jsonValue
    }
  }

  /// Something of unknown length was put out.
  mutating func passOutput() {
    guard case .html(var state) = self else { return }
    state.passOutput()
    self = .html(state)
  }

  /// The state behind two branches; `nil` if they end in different places.
  func joined(with other: MarkupState) -> MarkupState? {
    if self == other { return self }
    guard case .html(let a) = self, case .html(let b) = other else { return nil }
    return a.joined(with: b).map { .html($0) }
  }
}

/// Whether one is inside a JSON string.
struct JSONState: Hashable, Sendable {
  private(set) var isInText = false
  private var isEscape = false

  mutating func advance(_ byte: UInt8) {
    if isEscape {
      isEscape = false
    } else if isInText, byte == UInt8(ascii: "\\") {
      isEscape = true
    } else if byte == UInt8(ascii: "\"") {
      isInText.toggle()
    }
  }
}
