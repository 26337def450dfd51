import Glibc
import RoostCore

/// CSV by RFC 4180. The columns are known only at the end, so the records wait in a temporary file until then.
final class CSVWriter: ExportWriter {
  private let kind: ImportKind
  private let spill: SpillFile
  private var buffer: [UInt8] = []
  private var columns: [String]
  private var known: Set<String>

  init(_ kind: ImportKind) throws(Failure) {
    self.kind = kind
    spill = try SpillFile([getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"])
    columns =
      switch kind {
      case .people: ["userId", "email", "phone", "anonymousId"]
      case .events: ["type", "event", "userId", "anonymousId", "timestamp", "messageId"]
      }
    known = Set(columns)
  }

  func write(_ record: JSONValue) throws(Failure) {
    let cells = cells(record)
    for cell in cells where known.insert(cell.key).inserted { columns.append(cell.key) }
    var line: [UInt8] = []
    JSONValue.object(cells).write(into: &line)
    withUnsafeBytes(of: UInt32(line.count).littleEndian) { buffer.append(contentsOf: $0) }
    buffer += line
    if buffer.count >= 1 << 20 { try flush() }
  }

  func finish() throws(Failure) {
    try flush()
    var output: [UInt8] = []
    append(columns, to: &output)
    var offset = 0
    while offset < spill.end {
      let size = try spill.read(at: offset, count: 4).withUnsafeBytes {
        Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
      }
      let record = (try? JSONValue(parsing: try spill.read(at: offset + 4, count: size))) ?? .null
      offset += 4 + size
      append(columns.map { record[$0].map(Self.text) ?? "" }, to: &output)
      if output.count >= 1 << 16 {
        Terminal.write(output)
        output.removeAll(keepingCapacity: true)
      }
    }
    Terminal.write(output)
  }

  private func flush() throws(Failure) {
    try spill.append(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// A record as one flat row.
  private func cells(_ record: JSONValue) -> [JSONValue.Member] {
    var cells: [JSONValue.Member] = []
    func add(_ name: String, _ value: JSONValue) {
      if !cells.contains(where: { $0.key == name }) { cells.append(.init(name, value)) }
    }
    for member in record.members ?? [] {
      switch member.key {
      case "traits", "properties": for inner in member.value.members ?? [] { add(inner.key, inner.value) }
      case "consents": for inner in member.value.members ?? [] { add("consent." + inner.key, inner.value) }
      case "anonymousIds": if let first = member.value.array?.first { add("anonymousId", first) }
      case "context":
        for inner in member.value["consent"]?["categoryPreferences"]?.members ?? [] {
          add("consent." + inner.key, inner.value)
        }
        for inner in member.value["traits"]?.members ?? [] { add(inner.key, inner.value) }
      default: add(member.key, member.value)
      }
    }
    return cells
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: return ""
    case .string(let text): return text
    default:
      var bytes: [UInt8] = []
      value.write(into: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func append(_ cells: [String], to output: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      if cell.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }) {
        output.append(utf8: "\"" + cell.replacing("\"", with: "\"\"") + "\"")
      } else {
        output.append(utf8: cell)
      }
    }
    output.append(utf8: "\r\n")
  }
}
