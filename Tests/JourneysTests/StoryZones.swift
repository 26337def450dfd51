import Glibc
import RoostCore

extension Story {
  /// Some zones of the machine's database, as its files have them.
  static let zones = ZoneTable(
    files: Dictionary(
      uniqueKeysWithValues: ["Europe/Rome", "America/New_York", "Asia/Tokyo", "America/Sao_Paulo"].map {
        ($0, bytes("/usr/share/zoneinfo/\($0)"))
      }), zoneTab: bytes("/usr/share/zoneinfo/zone.tab"), countryTab: bytes("/usr/share/zoneinfo/iso3166.tab"))

  private static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { preconditionFailure("no \(path): install the package tzdata") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}
