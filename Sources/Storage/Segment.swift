/// A segment file of a `FileLog`: its name is the position of its first record.
struct Segment: Equatable, Sendable {
  static let suffix = ".log"
  /// A file of this ending is being made; one found at start is left over from a crash and of no use.
  static let newSuffix = ".new"

  let first: LogPosition

  init(first: LogPosition) { self.first = first }

  /// The segment that a file name stands for, if it is one.
  init?(name: String) {
    guard name.hasSuffix(Self.suffix), name.utf8.count == 20 + Self.suffix.utf8.count,
      let first = UInt64(name.dropLast(Self.suffix.count))
    else { return nil }
    self.first = LogPosition(rawValue: first)
  }

  /// Twenty digits, so that the order of names is the order of positions.
  var name: String {
    let digits = String(first.rawValue)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits + Self.suffix
  }

  /// The segments in `directory`, in order.
  static func all(in directory: DiskDirectory) throws(StorageError) -> [Segment] {
    try directory.names().compactMap { Segment(name: $0) }
  }
}
