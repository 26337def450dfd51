import Foundation
import RoostCore

/// The machine's tz database, and tables to compare with.
enum Database {
  static let directory = "/usr/share/zoneinfo/"

  static func file(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + name)))
  }

  static func zone(_ name: String) throws -> ZoneRules {
    try ZoneRules(name: name, tzif: try file(name))
  }

  static func table(_ names: [String]) throws -> ZoneTable {
    ZoneTable(
      files: Dictionary(uniqueKeysWithValues: try names.map { ($0, try file($0)) }), zoneTab: try file("zone.tab"),
      countryTab: try file("iso3166.tab"))
  }

  /// The rows of a file of the tests, without its head.
  static func rows(_ name: String) throws -> [[String]] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: name)
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
