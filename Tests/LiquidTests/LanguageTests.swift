import Liquid
import RoostCore
import Testing

@Suite struct LanguageTests {
  private func settings(_ language: String, zone: String = "UTC", currency: String = "EUR") -> RenderSettings {
    var settings = RenderSettings.fixed
    settings.language = language
    settings.zone = zone
    settings.currency = currency
    return settings
  }

  /// As Ruby 3.1's `strftime` writes them; Russian as CLDR 44.
  @Test(arguments: [
    ("now", "%d %B %Y, %H:%M", "en", "UTC", "14 March 2026, 09:26"),
    ("now", "%-d %B %Y, %A", "ru", "UTC", "14 марта 2026, суббота"),
    ("now", "%OB", "ru", "UTC", "март"), ("now", "%d.%m.%Y %H:%M %z", "ru", "Europe/Moscow", "14.03.2026 12:26 +0300"),
    ("2026-03-29T00:30:00Z", "%H:%M", "en", "Europe/Rome", "01:30"),
    ("2026-03-29T01:30:00Z", "%H:%M %:z", "en", "Europe/Rome", "03:30 +02:00"),
    ("2026-12-31", "%Y-%m-%d %j %U %V %G %u %w", "en", "Europe/Moscow", "2026-12-31 365 52 53 2026 4 4"),
    ("2026-03-14 17:05", "%I:%M %p %l %e %k|%P|%^a|%C|%y", "en", "UTC", "05:05 PM  5 14 17|pm|SAT|20|26"),
    ("14 Mar 2026 10:30 pm", "%F %T %D %R", "en", "UTC", "2026-03-14 22:30:00 03/14/26 22:30"),
    ("2026-01-01T00:00:00Z", "%s %L %N %% %n|%q", "en", "Europe/Rome", "1767225600 000 000000000 % \n|%q"),
    ("no date", "%Y", "en", "UTC", "no date"), ("1997-01-02T23:30:00-05:00", "%F", "en", "UTC", "1997-01-03"),
  ])
  func `Dates`(value: String, pattern: String, language: String, zone: String, expected: String) throws {
    let text = try rendered(
      "{{ d | date: p }}", ["d": .string(value), "p": .string(pattern)], settings: settings(language, zone: zone))
    #expect(text == expected)
  }

  @Test func `A date can name its zone and language`() throws {
    #expect(try rendered("{{ 'now' | date: '%H %B', zone: 'Europe/Moscow', language: 'ru' }}") == "12 марта")
    #expect(throws: TemplateError.self) { try rendered("{{ 'now' | date: '%H', zone: 'Mars/Base' }}") }
  }

  /// CLDR 44: `{0} ₽` with no-break spaces in Russian, `€1,234.50` in English, `1.234,50 €` in German.
  @Test(arguments: [
    ("1234.5", "en", "EUR", "€1,234.50"), ("1234.5", "de", "EUR", "1.234,50\u{A0}€"), ("999", "en", "USD", "$999.00"),
    ("1234567.891", "en", "USD", "$1,234,567.89"), ("1234.5", "ru", "RUB", "1\u{A0}234,50\u{A0}₽"),
    ("1990", "ru", "RUB", "1\u{A0}990\u{A0}₽"), ("1990", "en", "JPY", "¥1,990"), ("-5.005", "en", "EUR", "-€5.01"),
    ("0.1", "en", "KWD", "KWD\u{A0}0.100"), ("1234", "es", "EUR", "1234,00\u{A0}€"),
    ("12345", "es", "EUR", "12.345,00\u{A0}€"),
  ])
  func `Money`(amount: String, language: String, currency: String, expected: String) throws {
    let text = try rendered("{{ a | money }}", ["a": .string(amount)], settings: settings(language, currency: currency))
    #expect(text == expected)
  }

  @Test func `Money names its currency`() throws {
    #expect(
      try rendered(
        "{{ 5 | money: 'GBP' }} {{ o | money }}", ["o": ["amount": "12.50", "currency": "USD"]],
        settings: settings("en")) == "£5.00 $12.50")
    #expect(throws: TemplateError.self) { try rendered("{{ 5 | money: 'euros' }}") }
  }

  /// CLDR plural rules for ru: one, few, many.
  @Test(arguments: [
    (1, "товар"), (2, "товара"), (4, "товара"), (5, "товаров"), (11, "товаров"), (12, "товаров"), (14, "товаров"),
    (21, "товар"), (22, "товара"), (25, "товаров"), (101, "товар"), (111, "товаров"), (0, "товаров"),
    (1_000_001, "товар"),
  ])
  func `Russian plurals`(count: Int64, expected: String) throws {
    let text = try rendered(
      "{{ n | plural: 'товар', 'товара', 'товаров' }}", ["n": .int(count)], settings: settings("ru-RU"))
    #expect(text == expected)
  }

  @Test func `Other plurals`() throws {
    #expect(
      try rendered(
        "{{ 1 | plural: 'item', 'items' }} {{ 0 | plural: 'item', 'items' }} {{ 1.5 | plural: 'item', 'items' }}")
        == "item items items")
    #expect(try rendered("{{ 1.5 | plural: 'час', 'часа', 'часов', 'часа', language: 'ru' }}") == "часа")
  }

  @Test func `Hooks give tracked links and vouchers`() throws {
    var given = settings("en")
    given.trackedURL = { url, label in "https://t.example/\(label)?to=\(url)" }
    given.voucher = { $0 == "spring" ? "CODE-1" : nil }
    #expect(
      try rendered("{{ 'https://a.example' | tracked_url: 'top' }} {{ 'spring' | voucher }}", settings: given)
        == "https://t.example/top?to=https://a.example CODE-1")
    #expect(throws: TemplateError.self) { try rendered("{{ 'autumn' | voucher }}", settings: given) }
    #expect(try rendered("{{ 'https://a.example' | tracked_url }}") == "https://a.example")
  }
}
