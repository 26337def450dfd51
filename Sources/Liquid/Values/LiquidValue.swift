import RoostCore

/// A value on its way through a template.
public enum LiquidValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  /// A text that is HTML already: not escaped again.
  case markup(String)
  case list([LiquidValue])
  /// Members in their order; keys are unique.
  case object([Member])
  /// All whole numbers from the first to the second.
  case range(Int64, Int64)
  /// The words `empty` and `blank`, which equal what is so.
  case empty
  case blank
  /// `forloop` or `tablerowloop` while the loop runs: the number under which the renderer knows it.
  case loop(Int)

  /// A member of an object.
  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: LiquidValue
    public init(_ key: String, _ value: LiquidValue) {
      self.key = key
      self.value = value
    }
  }

  /// A trait's or property's value; lists and objects become values, so that templates can go into them.
  public init(_ value: Value) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .number(let number): self = LiquidValue(number: number)
    case .string(let text): self = .string(text)
    case .json(let text):
      do throws(JSONError) { self = LiquidValue(try JSONValue(parsing: text)) } catch { self = .string(text) }
    }
  }

  public init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let items): self = .list(items.map { LiquidValue($0) })
    case .object(let members): self = .object(members.map { Member($0.key, LiquidValue($0.value)) })
    }
  }

  /// Whole numbers below 2⁵³ as such.
  private init(number: Double) {
    let isWhole = abs(number) < 0x1p53 && number == number.rounded(.towardZero)
    self = isWhole ? .int(Int64(number)) : .double(number)
  }

  /// A member of an object; `nil` for other kinds or if there is none.
  public subscript(key: String) -> LiquidValue? {
    guard case .object(let members) = self else { return nil }
    for index in members.indices where members[index].key == key { return members[index].value }
    return nil
  }

  /// Liquid's truth: all but `nil` and `false`.
  var isTrue: Bool {
    switch self {
    case .null, .bool(false): false
    default: true
    }
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  /// Nothing in it: `""`, an empty list or object.
  var isEmpty: Bool {
    switch self {
    case .string(let text), .markup(let text): text.isEmpty
    case .list(let items): items.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }

  /// Empty, nothing but white space, `false` or `nil`.
  var isBlank: Bool {
    switch self {
    case .null, .bool(false): true
    case .string(let text), .markup(let text): text.utf8.allSatisfy { isLiquidSpace($0) }
    default: isEmpty
    }
  }
}

/// White space as Ruby's `\s`, with NUL.
@inline(__always)
func isLiquidSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) || byte == 0 }
