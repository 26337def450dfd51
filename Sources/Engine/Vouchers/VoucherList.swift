import Catalog
import RoostCore

/// Codes as shops export them: one a line, or CSV with a column `code`.
public struct VoucherList: Sendable, Equatable {
  /// In their order, doubled ones included.
  public private(set) var codes: [String] = []
  /// How many lines are no codes.
  public private(set) var badCount = 0
  /// The first of them.
  public private(set) var bad: [BadLine] = []

  public struct BadLine: Sendable, Equatable {
    /// From 1.
    public var line: Int
    public var reason: String
  }

  public static let codeBytesMax = 64
  private let badMax: Int

  /// One code a line; blanks around it and empty lines do not count.
  ///
  /// - Parameter badMax: so many bad lines are told of one by one.
  public init(lines bytes: [UInt8], badMax: Int = 100) {
    self.badMax = badMax
    var line = 0
    for text in Self.withoutMark(bytes).split(separator: 0x0A, omittingEmptySubsequences: false) {
      line += 1
      take(text, line)
    }
  }

  /// CSV by RFC 4180, with commas, semicolons or tabs; the first row names the columns.
  ///
  /// - Throws: if none of them is `code`.
  public init(csv bytes: [UInt8], badMax: Int = 100) throws(Problem) {
    let content = Array(Self.withoutMark(bytes))
    let result = content.withUnsafeBytes { bytes -> Result<VoucherList, Problem> in
      var list = VoucherList(lines: [], badMax: badMax)
      do throws(Problem) { try list.read(bytes) } catch { return .failure(error) }
      return .success(list)
    }
    self = try result.get()
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    var row = CSVRow(separator: Self.separator(bytes))
    var (offset, line) = (0, 1)
    var column: Int?
    while offset < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
      switch row.read(rest, isWhole: true) {
      case .row:
        defer { (offset, line) = (offset + row.length, line + 1 + row.lineFeeds) }
        guard let place = column else {
          column = row.fields.firstIndex { Self.trimmed(Array($0.lowercased().utf8)[...]).elementsEqual("code".utf8) }
          guard column != nil else {
            throw .invalid("", "line 1: the first row names the columns, and one of them is code")
          }
          continue
        }
        if row.fields.count == 1, row.fields[0].isEmpty { continue }
        guard place < row.fields.count else {
          note("has no column code", line)
          continue
        }
        take(Array(row.fields[place].utf8)[...], line)
      case .bad(_, let reason):
        note(reason, line)
        let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.count
        (offset, line) = (offset + end, line + 1)
      case .unfinished:
        note("a quote is never closed", line)
        return
      }
    }
    guard column != nil else { throw .invalid("", "the file is empty; its first row names the columns") }
  }

  private mutating func take(_ text: ArraySlice<UInt8>, _ line: Int) {
    let code = Self.trimmed(text)
    guard !code.isEmpty else { return }
    guard code.count <= Self.codeBytesMax else {
      return note("has \(code.count) bytes; a code has at most \(Self.codeBytesMax)", line)
    }
    guard code.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return note("a code is made of printable ASCII characters without spaces", line)
    }
    codes.append(String(decoding: code, as: UTF8.self))
  }

  private mutating func note(_ reason: String, _ line: Int) {
    badCount += 1
    if bad.count < badMax { bad.append(BadLine(line: line, reason: reason)) }
  }

  /// Without blanks and a carriage return around it.
  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    let rest = text.drop(while: isBlank)
    return rest[..<(rest.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? rest.startIndex)]
  }

  private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  }

  /// What stands between the names of the columns.
  private static func separator(_ bytes: UnsafeRawBufferPointer) -> UInt8 {
    let head = bytes.prefix { $0 != 0x0A }
    return [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].first { head.contains($0) } ?? UInt8(ascii: ",")
  }
}
