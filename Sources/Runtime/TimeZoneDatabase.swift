import Glibc
import RoostCore

/// The machine's tz database, as the package tzdata installs it.
public enum TimeZoneDatabase {
  /// Where it lies: `TZDIR`, as the C library has it, else `/usr/share/zoneinfo`.
  public static var directory: String {
    guard let path = getenv("TZDIR").map({ String(cString: $0) }), !path.isEmpty else { return "/usr/share/zoneinfo" }
    return path
  }

  /// The database of this process: read once.
  public static func installed() throws(Problem) -> ZoneTable { try table.get() }

  private static let table = Result { () throws(Problem) in try read(directory) }

  /// Reads all zones below a directory.
  ///
  /// - Throws: a `Problem` with the remedy, if there is no database: without one every local time would be wrong.
  public static func read(_ directory: String) throws(Problem) -> ZoneTable {
    var files: [String: [UInt8]] = [:]
    collect(directory, prefix: "", depth: 0, into: &files)
    let table = ZoneTable(
      files: files, zoneTab: contents(directory + "/zone.tab") ?? [],
      countryTab: contents(directory + "/iso3166.tab") ?? [])
    guard table.hasDatabase else {
      throw Problem(
        .unavailable,
        "there is no time zone database in \(directory): install the package tzdata, or name its directory in TZDIR")
    }
    return table
  }

  /// Other forms of the same zones, and what are settings of the machine.
  private static let passedOver: Set<String> = ["posix", "right", "posixrules", "localtime", "Factory"]
  private static let fileBytesMax = 1 << 20

  private static func collect(_ path: String, prefix: String, depth: Int, into files: inout [String: [UInt8]]) {
    guard depth < 4, let stream = opendir(path) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      guard !name.contains("."), !passedOver.contains(name) else { continue }
      var status = stat()
      guard stat(path + "/" + name, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        collect(path + "/" + name, prefix: prefix + name + "/", depth: depth + 1, into: &files)
      } else if let bytes = contents(path + "/" + name), bytes.starts(with: Array("TZif".utf8)) {
        files[prefix + name] = bytes
      }
    }
  }

  private static func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < fileBytesMax {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return ferror(file) == 0 ? bytes : nil
  }
}
