import Engine
import NIOHTTP1
import RoostCore

/// Reads a file of codes and hands them to the server in parts.
struct VoucherUpload {
  let api: API
  /// `…/vouchers/{pool}/codes`.
  let path: String
  let errors: BadLineFile

  private static let codesPerPart = 50_000
  /// A pool has a million codes of 64 bytes.
  private static let fileBytesMax = 256 << 20
  private static let badLinesMax = 100_000

  struct Totals {
    var added = 0
    var duplicates = 0
    var bad = 0
    var left = 0

    func json(rejectedFile path: String) -> JSONValue {
      [
        "added": .int(Int64(added)), "duplicates": .int(Int64(duplicates)), "bad": .int(Int64(bad)),
        "left": .int(Int64(left)), "rejectedFile": bad > 0 ? .string(path) : .null,
      ]
    }
  }

  func run(_ file: String) async throws(Failure) -> Totals {
    let list = try Self.read(file)
    try errors.append(
      list.bad.map { BadLine(line: $0.line, column: 1, reason: "bad_code", detail: $0.reason) })
    var totals = Totals(bad: list.badCount)
    for start in stride(from: 0, to: list.codes.count, by: Self.codesPerPart) {
      let part = list.codes[start..<min(start + Self.codesPerPart, list.codes.count)]
      let answer = try await api.call(
        .POST, path, body: Array(part.joined(separator: "\n").utf8), type: "text/plain")
      totals.added += Int(answer["added"]?.int ?? 0)
      totals.duplicates += Int(answer["duplicates"]?.int ?? 0)
      totals.left = Int(answer["left"]?.int ?? 0)
    }
    return totals
  }

  private static func read(_ file: String) throws(Failure) -> VoucherList {
    let source = try ByteSource(file)
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let result = piece.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
        do throws(Failure) { return .success(try source.read(into: bytes)) } catch { return .failure(error) }
      }
      let count = try result.get()
      guard count > 0 else { break }
      content += piece[..<count]
      guard content.count <= fileBytesMax else {
        throw Failure(
          .foundProblem, "\(file) has more than \(fileBytesMax >> 20) MiB; a pool has a million codes at most")
      }
    }
    let name = file.lowercased()
    guard name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") else {
      return VoucherList(lines: content, badMax: badLinesMax)
    }
    do throws(Problem) { return try VoucherList(csv: content, badMax: badLinesMax) } catch {
      throw Failure(.foundProblem, "\(file): \(error.message)")
    }
  }
}
