import RoostCore

/// What a rendering depends on besides its values. The same settings and values give the same bytes.
public struct RenderSettings: Sendable {
  /// The present moment: what `"now" | date: …` says.
  public var now: Instant
  /// `en`, `ru-RU` …: names of months and days, forms of plurals, how amounts are written.
  public var language: String
  /// ISO 4217; the currency of amounts that name none.
  public var currency: String
  /// IANA name of the zone in which dates are shown.
  public var zone: String
  /// Seconds that a zone is ahead of UTC at a moment; `nil` for an unknown zone.
  public var offsetSeconds: @Sendable (_ zone: String, _ at: Instant) -> Int?
  /// What `tracked_url` makes of a link and its label; without it the link stays as it is.
  public var trackedURL: (@Sendable (_ url: String, _ label: String) -> String)?
  /// The code that `voucher` shows of a pool; `nil` if there is none.
  public var voucher: (@Sendable (_ pool: String) -> String?)?
  /// What the catalogue has; without it `catalog` is a name like others.
  public var catalog: (@Sendable (CatalogLookup) throws(TooManyLookups) -> LiquidValue?)?
  public var limits = RenderLimits()

  public init(
    now: Instant, language: String = "en", currency: String = "", zone: String = "UTC",
    offsetSeconds: @escaping @Sendable (String, Instant) -> Int? = { zone, _ in zone == "UTC" ? 0 : nil },
    trackedURL: (@Sendable (String, String) -> String)? = nil, voucher: (@Sendable (String) -> String?)? = nil
  ) {
    self.now = now
    self.language = language
    self.currency = currency
    self.zone = zone
    self.offsetSeconds = offsetSeconds
    self.trackedURL = trackedURL
    self.voucher = voucher
  }
}

/// How much one rendering may take. Time is counted in steps, so that the same template fails on every machine alike.
public struct RenderLimits: Sendable {
  /// Instructions, rounds of loops and work of filters (16 bytes a step).
  public var steps = 1_000_000
  /// Bytes put out.
  public var outputBytes = 2_097_152
  /// Bytes of texts and lists made on the way.
  public var scratchBytes = 16_777_216
  /// Snippets inside snippets and loops inside loops.
  public var depth = 200

  public init() {}
}

/// A value that a template wants to show and that is not there.
public struct MissingValue: Hashable, Sendable {
  /// As the template names it.
  public var path: String
  /// The snippet or layout in which it is; "" for the template itself.
  public var source: String
  public var line: Int
  public var column: Int
}

/// What a template asks the catalogue of products for.
public enum CatalogLookup: Hashable, Sendable {
  /// `catalog.products[id]`, `id | product`: an object.
  case product(String)
  /// `catalog.categories["Hats"]`: a list of objects.
  case category(String)
}

/// A template wants more of the catalogue than one message may.
public struct TooManyLookups: Error, Sendable {
  public var productsMax: Int
  public init(productsMax: Int) { self.productsMax = productsMax }
}
