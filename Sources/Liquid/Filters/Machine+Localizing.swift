import RoostCore

extension Machine {
  func localize(
    _ filter: Filter, _ input: LiquidValue, _ arguments: FilterArguments
  ) throws(Fault) -> LiquidValue {
    let language = arguments["language"]?.text ?? settings.pointee.language
    return filter == .money
      ? try money(input, arguments, language) : .string(Self.plural(Quantity(input), arguments.values, language))
  }

  /// An amount with its currency: a number, or an object with `amount` and `currency`.
  private func money(
    _ input: LiquidValue, _ arguments: FilterArguments, _ language: String
  ) throws(Fault) -> LiquidValue {
    var amount = input
    var currency = (arguments[0] ?? arguments["currency"])?.text ?? settings.pointee.currency
    if case .object = input {
      amount = input["amount"] ?? .null
      if arguments[0] == nil, let own = input["currency"] { currency = own.text }
    }
    guard !amount.isNull else { return .null }
    guard currency.utf8.count == 3 || currency.isEmpty else {
      throw Fault("\"\(currency.prefix(20))\" is no currency such as EUR")
    }
    return .string(MoneyText(amount: Quantity(amount), currency: currency.uppercased(), language: language).text)
  }

  /// The form of a word behind a number. Two forms: one and many. Three (East Slavic): 1 товар, 2 товара, 5 товаров.
  /// Four: the last is for fractions. (CLDR plural rules.)
  private static func plural(_ number: Quantity, _ forms: [LiquidValue], _ language: String) -> String {
    let texts = forms.map(\.text)
    var index: Int
    switch primaryLanguage(language) {
    case "ru", "uk", "be", "sr", "hr", "bs": index = slavic(number)
    case "fr", "pt", "hy": index = abs(number.double) < 2 ? 0 : 1
    case "ja", "zh", "ko", "th", "vi", "id", "tr": index = primaryLanguage(language) == "tr" ? one(number) : 0
    case "pl": index = polish(number)
    case "cs", "sk": index = czech(number)
    default: index = one(number)
    }
    // A language with more forms than are given: the last one is for many.
    index = min(index, texts.count - 1)
    return texts[index]
  }

  private static func one(_ number: Quantity) -> Int {
    if case .whole(let whole) = number { return whole.magnitude == 1 ? 0 : 1 }
    return 1
  }

  private static func slavic(_ number: Quantity) -> Int {
    guard case .whole(let whole) = number else { return 3 }
    let (ten, hundred) = (whole.magnitude % 10, whole.magnitude % 100)
    if ten == 1, hundred != 11 { return 0 }
    return (2...4).contains(ten) && !(12...14).contains(hundred) ? 1 : 2
  }

  private static func polish(_ number: Quantity) -> Int {
    guard case .whole(let whole) = number else { return 3 }
    if whole.magnitude == 1 { return 0 }
    let (ten, hundred) = (whole.magnitude % 10, whole.magnitude % 100)
    return (2...4).contains(ten) && !(12...14).contains(hundred) ? 1 : 2
  }

  private static func czech(_ number: Quantity) -> Int {
    guard case .whole(let whole) = number else { return 3 }
    return whole.magnitude == 1 ? 0 : (2...4).contains(whole.magnitude) ? 1 : 2
  }
}

/// An amount as a language writes it: `€1,234.50`, `1 234,50 ₽`.
struct MoneyText {
  let text: String

  init(amount: Quantity, currency: String, language: String) {
    let places = Self.places[currency] ?? 2
    let style = Style(language)
    let (isNegative, whole, fraction) = Self.digits(amount, places)
    var digits = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0, whole.count > style.groupsFrom { digits += style.group }
      digits.append(digit)
    }
    // Whole roubles and the like are written without kopecks, as is usual in Russian letters.
    let isWhole = fraction.allSatisfy { $0 == "0" }
    if places > 0, !(isWhole && style.dropsZeros) { digits += style.point + fraction }
    let symbol = Self.symbols[currency] ?? currency
    let minus = isNegative ? "-" : ""
    if currency.isEmpty {
      text = minus + digits
    } else if style.isSymbolFirst {
      text = minus + symbol + (symbol.count > 2 ? "\u{A0}" : "") + digits
    } else {
      text = minus + digits + "\u{A0}" + symbol
    }
  }

  /// Rounded to the currency's places, halves away from zero.
  private static func digits(_ amount: Quantity, _ places: Int) -> (isNegative: Bool, whole: String, fraction: String) {
    let minor: Int64
    if let exact = Decimal(amount)?.rounded(to: places), exact.places <= places {
      var digits = exact.digits
      for _ in exact.places..<places { digits = digits.multipliedReportingOverflow(by: 10).partialValue }
      minor = digits
    } else {
      var scale = 1.0
      for _ in 0..<places { scale *= 10 }
      minor = Int64(clamping: (amount.double * scale).rounded())
    }
    var text = String(minor.magnitude)
    while text.count <= places { text = "0" + text }
    return (minor < 0, String(text.dropLast(places)), String(text.suffix(places)))
  }

  private struct Style {
    var group = ","
    var point = "."
    var isSymbolFirst = true
    var groupsFrom = 3
    var dropsZeros = false

    /// As CLDR: English puts the symbol first, most of Europe last, with a narrow or fixed space between thousands.
    init(_ language: String) {
      switch primaryLanguage(language) {
      case "en", "ja", "zh", "ko", "th", "he": break
      case "ru", "uk", "be", "bg", "pl", "cs", "sk", "fr", "fi", "sv", "nb", "no", "hu", "lt", "lv", "et", "kk":
        (group, point, isSymbolFirst) = ("\u{A0}", ",", false)
        dropsZeros = primaryLanguage(language) == "ru"
        if ["pl", "bg"].contains(primaryLanguage(language)) { groupsFrom = 4 }
      default:
        (group, point, isSymbolFirst) = (".", ",", false)
        if ["es", "pt", "it"].contains(primaryLanguage(language)) { groupsFrom = 4 }
      }
    }
  }

  /// Currencies whose minor unit is not a hundredth (ISO 4217).
  private static let places: [String: Int] = [
    "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "XAF": 0, "XOF": 0, "PYG": 0, "UGX": 0, "RWF": 0, "KMF": 0,
    "BIF": 0, "DJF": 0, "GNF": 0, "VUV": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3,
    "TND": 3,
  ]

  private static let symbols: [String: String] = [
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "RUB": "₽", "UAH": "₴", "KZT": "₸", "TRY": "₺", "INR": "₹",
    "PLN": "zł", "CZK": "Kč", "ILS": "₪", "KRW": "₩", "GEL": "₾", "BYN": "Br", "CHF": "CHF", "SEK": "kr", "NOK": "kr",
    "DKK": "kr", "BRL": "R$",
  ]
}
