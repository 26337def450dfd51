/// All time zones by name, and which of them a country's clocks keep: what the shell read of the tz database, once.
public final class ZoneTable: Sendable {
  private let zones: [String: ZoneRules]
  /// Names of zones by ISO 3166 code.
  private let zoneByCountry: [String: String]
  /// ISO 3166 codes by English name in lower case.
  private let countryByName: [String: String]
  /// Files that are no time zones, which should not be.
  public let damaged: [String]

  /// UTC and zones of whole hours only, of which no database is needed.
  public static let fixed = ZoneTable(files: [:], zoneTab: [], countryTab: [])

  /// - Parameters:
  ///   - files: TZif files by the names of their zones.
  ///   - zoneTab: the database's `zone.tab`; it says which country a zone is of.
  ///   - countryTab: the database's `iso3166.tab`; it has the countries' English names.
  public init(files: [String: [UInt8]], zoneTab: [UInt8], countryTab: [UInt8]) {
    var zones: [String: ZoneRules] = [:]
    var damaged: [String] = []
    for name in ["UTC", "Etc/UTC", "GMT", "Etc/GMT"] { zones[name] = ZoneRules(name: name, offsetSeconds: 0) }
    // As the database has it: Etc/GMT-2 is two hours *ahead* of UTC.
    for hours in -14...12 where hours != 0 {
      let name = "Etc/GMT\(hours > 0 ? "+" : "")\(hours)"
      zones[name] = ZoneRules(name: name, offsetSeconds: -hours * 3_600)
    }
    for (name, bytes) in files {
      do throws(MalformedBytes) {
        zones[name] = try ZoneRules(name: name, tzif: bytes)
      } catch { damaged.append(name) }
    }
    self.zones = zones
    self.damaged = damaged.sorted()
    zoneByCountry = Self.zonesByCountry(zoneTab) { zones[$0] != nil }
    countryByName = Dictionary(
      Self.rows(countryTab).compactMap { row in row.count > 1 ? (row[1].lowercased(), row[0]) : nil }
    ) { first, _ in first }
  }

  /// How many zones there are.
  public var count: Int { zones.count }

  /// Whether there is more than the fixed zones.
  public var hasDatabase: Bool { !zoneByCountry.isEmpty }

  /// A zone by its IANA name; `nil` if there is none.
  public subscript(name: String) -> ZoneRules? { zones[name] }

  /// The zone in which most of a country's people live; `nil` for what is no country, or without the database.
  ///
  /// - Parameter country: ISO 3166 (`IT`), or its English name in the database (`Italy`), in any case.
  public func zone(ofCountry country: String) -> ZoneRules? {
    guard country.utf8.count <= 64 else { return nil }
    let code = country.utf8.count == 2 ? country.uppercased() : countryByName[country.lowercased()]
    return code.flatMap { zoneByCountry[$0] }.flatMap { zones[$0] }
  }

  /// The same of the country that a telephone number begins with.
  public func zone(ofPhone number: String) -> ZoneRules? {
    CallingCodes.country(of: number).flatMap { zone(ofCountry: $0) }
  }
}

extension ZoneTable {
  /// The zone of most people, where the database's first of a country is another: it lists them from west to east, or
  /// the reverse, unless that does not matter. The countries' own census offices have the figures.
  private static let mostPopulous = [
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "FM": "Pacific/Chuuk",
    "KI": "Pacific/Tarawa", "PS": "Asia/Hebron", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent",
    // Not in ISO 3166, and not in zone.tab; keeps Belgrade's clocks.
    "XK": "Europe/Belgrade",
  ]

  private static func zonesByCountry(_ tab: [UInt8], where isZone: (String) -> Bool) -> [String: String] {
    var zones: [String: String] = [:]
    for row in rows(tab) where row.count > 2 && zones[row[0]] == nil && isZone(row[2]) { zones[row[0]] = row[2] }
    guard !zones.isEmpty else { return zones }
    for (country, zone) in mostPopulous where isZone(zone) { zones[country] = zone }
    return zones
  }

  /// Lines of columns between tabs, without comments.
  private static func rows(_ tab: [UInt8]) -> [[String]] {
    tab.split(separator: 10).compactMap { line in
      guard line.first != UInt8(ascii: "#") else { return nil }
      return line.split(separator: 9, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
