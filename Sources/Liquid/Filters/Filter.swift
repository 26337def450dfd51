/// What a template can do with a value, named as in Shopify's Liquid and meaning the same; below them Roost's own.
enum Filter: String, Sendable, CaseIterable {
  case abs, append, atLeast = "at_least", atMost = "at_most", base64Decode = "base64_decode"
  case base64Encode = "base64_encode", base64URLSafeDecode = "base64_url_safe_decode"
  case base64URLSafeEncode = "base64_url_safe_encode", capitalize, ceil, compact, concat, date, `default`
  case dividedBy = "divided_by", downcase, escape, escapeOnce = "escape_once", find, findIndex = "find_index"
  case first, floor, has, join, last, lstrip, map, minus, modulo, newlineToBr = "newline_to_br", plus, prepend
  case reject, remove, removeFirst = "remove_first", removeLast = "remove_last", replace
  case replaceFirst = "replace_first", replaceLast = "replace_last", reverse, round, rstrip, size, slice, sort
  case sortNatural = "sort_natural", split, squish, strip, stripHtml = "strip_html"
  case stripNewlines = "strip_newlines", sum, times, truncate, truncatewords, uniq, upcase
  case urlDecode = "url_decode", urlEncode = "url_encode", `where`

  case h, json, money, plural, product, raw, trackedURL = "tracked_url", voucher

  /// How many arguments it takes, by place.
  var arity: ClosedRange<Int> {
    switch self {
    case .abs, .base64Decode, .base64Encode, .base64URLSafeDecode, .base64URLSafeEncode, .capitalize, .ceil,
      .downcase, .escape, .escapeOnce, .first, .floor, .h, .json, .last, .lstrip, .newlineToBr, .product, .raw,
      .reverse,
      .rstrip, .size, .squish, .strip, .stripHtml, .stripNewlines, .upcase, .urlDecode, .urlEncode, .voucher:
      0...0
    case .compact, .default, .join, .money, .round, .sort, .sortNatural, .sum, .trackedURL, .truncatewords, .uniq:
      self == .truncatewords ? 0...2 : 0...1
    case .append, .atLeast, .atMost, .concat, .date, .dividedBy, .map, .minus, .modulo, .plus, .prepend, .remove,
      .removeFirst, .removeLast, .split, .times:
      1...1
    case .find, .findIndex, .has, .reject, .replace, .replaceFirst, .slice, .where: 1...2
    case .replaceLast: 2...2
    case .truncate: 0...2
    case .plural: 1...4
    }
  }

  /// The arguments that it takes by name.
  var names: [String] {
    switch self {
    case .default: ["allow_false"]
    case .date: ["zone", "language"]
    case .money: ["currency", "language"]
    case .plural: ["language"]
    case .product: ["out_of_stock"]
    default: []
    }
  }

  /// How an error says the arity.
  var arityText: String {
    let (least, most) = (arity.lowerBound, arity.upperBound)
    if most == 0 { return "no argument" }
    if least == most { return "\(most) argument\(most == 1 ? "" : "s")" }
    return least == 0 ? "at most \(most)" : "\(least) to \(most) arguments"
  }
}

/// The arguments of one use of a filter. Most have one or two, which need no list.
struct FilterArguments {
  private var first: LiquidValue?
  private var second: LiquidValue?
  private var others: [LiquidValue] = []
  var named: [(name: String, value: LiquidValue)] = []

  mutating func append(_ value: LiquidValue) {
    if first == nil { first = value } else if second == nil { second = value } else { others.append(value) }
  }

  subscript(index: Int) -> LiquidValue? {
    switch index {
    case 0: first
    case 1: second
    default: index - 2 < others.count ? others[index - 2] : nil
    }
  }

  subscript(name: String) -> LiquidValue? { named.first { $0.name == name }?.value }

  /// An argument as text; "" for `nil`.
  func text(_ index: Int) -> String { self[index]?.text ?? "" }

  var values: [LiquidValue] { [first, second].compactMap { $0 } + others }
}
