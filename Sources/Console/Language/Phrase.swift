/// A text of the console in every language: a phrase without a translation does not compile.
///
/// `{}` is a place for a value. Phrases stand beside the page that says them.
public struct Phrase: Sendable {
  let english: StaticString
  let russian: StaticString

  init(_ english: StaticString, _ russian: StaticString) {
    self.english = english
    self.russian = russian
  }

  /// The text, as written.
  public func text(in language: Language) -> String {
    switch language {
    case .english: english.description
    case .russian: russian.description
    }
  }

  /// The text with `value` in the place of `{}`.
  public func text(in language: Language, _ value: String) -> String {
    let parts = text(in: language).split(separator: "{}", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 ? parts[0] + value + parts[1] : String(parts[0])
  }
}

/// A noun with a number, in the forms that its language has (Unicode CLDR, cardinal plural rules).
public struct Plural: Sendable {
  let english: (one: StaticString, other: StaticString)
  let russian: (one: StaticString, few: StaticString, many: StaticString)

  init(
    _ english: (one: StaticString, other: StaticString),
    _ russian: (one: StaticString, few: StaticString, many: StaticString)
  ) {
    self.english = english
    self.russian = russian
  }

  /// The form for `count`, without the number.
  public func form(of count: Int, in language: Language) -> String {
    switch language {
    case .english: (count.magnitude == 1 ? english.one : english.other).description
    case .russian: Self.russianForm(of: count.magnitude, russian).description
    }
  }

  private static func russianForm(
    of count: UInt, _ forms: (one: StaticString, few: StaticString, many: StaticString)
  ) -> StaticString {
    let units = count % 10
    let isTeen = (count / 10) % 10 == 1
    if units == 1, !isTeen { return forms.one }
    if (2...4).contains(units), !isTeen { return forms.few }
    return forms.many
  }
}

extension HTML {
  /// A phrase of the program.
  public mutating func say(_ phrase: Phrase) {
    switch reader.language {
    case .english: append(literal: phrase.english)
    case .russian: append(literal: phrase.russian)
    }
  }

  /// A phrase with a value from data in its `{}`.
  public mutating func say(_ phrase: Phrase, _ value: String) {
    text(phrase.text(in: reader.language, value))
  }

  /// A number and its noun.
  public mutating func say(_ count: Int, _ plural: Plural) {
    number(count)
    append(literal: "\u{00A0}")
    text(plural.form(of: count, in: reader.language))
  }
}
