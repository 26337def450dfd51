import Events
import Foundation
import RoostCore

/// An event record as one line, for comparing with what was worked out by hand:
/// `kind "name" time message=… | kind:identifier … | section.name=value …`
func line(_ event: EventView, _ symbols: SymbolTable) -> String {
  var identifiers: [String] = []
  event.forEachIdentifier { identifiers.append("\($0.name):\(String(decoding: $1, as: UTF8.self))") }
  var fields: [String] = []
  var cursor = event.fields
  while let field = cursor.next() { fields.append(text(field, symbols)) }
  let name = event.name == .none ? "" : " \"\(symbols.name(event.name))\""
  let history = event.isHistorical ? " history" : ""
  return "\(event.kind.name)\(name)\(history) \(event.timestamp.text) message=\(event.messageID)"
    + " | \(identifiers.joined(separator: " ")) | \(fields.joined(separator: " "))"
}

private func text(_ field: EventField, _ symbols: SymbolTable) -> String {
  let section: String =
    switch field.section {
    case .property: "p"
    case .trait: "t"
    case .consent: "consent"
    case .context: "c"
    case .device: "device"
    }
  let value: String =
    switch field.value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .number(let number): "\(number)"
    case .string(let text): "'\(text)'"
    case .json(let text): "json(\(text))"
    }
  return "\(section).\(symbols.name(field.symbol))=\(value)"
}

/// The outcome of one call, as lines.
struct Outcome {
  var lines: [String] = []
  var rejected: [Rejection] = []
  var writeKey: String?
  var bytes: [UInt8] = []

  var reasons: [String] { rejected.map { "\($0.index) \($0.pointer) \($0.reason.rawValue)" } }
}

/// Parses a body; `receivedAt` is 2026-03-01T10:00:00Z unless said otherwise.
func parse(
  _ body: [UInt8], as kind: CallKind = .batch, receivedAt: Instant = noon, symbols: SymbolTable = SymbolTable()
) throws -> Outcome {
  var parser = EventParser(symbols: symbols)
  return try parse(body, as: kind, receivedAt: receivedAt, symbols: symbols, with: &parser)
}

func parse(
  _ body: [UInt8], as kind: CallKind, receivedAt: Instant, symbols: SymbolTable, with parser: inout EventParser
) throws -> Outcome {
  let call = try body.withUnsafeBytes { try parser.parse($0, as: kind, receivedAt: receivedAt) }
  var outcome = Outcome(rejected: call.rejected, writeKey: call.writeKey, bytes: call.events.bytes)
  let bytes = call.events.bytes
  bytes.withUnsafeBytes { bytes in
    for range in call.ranges {
      outcome.lines.append(line(EventView(trusted: UnsafeRawBufferPointer(rebasing: bytes[range])), symbols))
    }
  }
  return outcome
}

func parse(
  _ body: String, as kind: CallKind = .batch, receivedAt: Instant = noon, symbols: SymbolTable = SymbolTable()
) throws -> Outcome {
  try parse(Array(body.utf8), as: kind, receivedAt: receivedAt, symbols: symbols)
}

/// 2026-03-01T10:00:00Z
let noon = Instant(milliseconds: 1_772_359_200_000)

/// Bodies of requests that real client libraries sent, taken from the wire.
enum Capture {
  static let names = [
    "analytics-gzip-01", "analytics-plain-01", "posthog-plain-01", "rudder-gzip-01", "rudder-plain-01",
    "segment-503x3-02", "segment-gzip-01", "segment-plain-01",
  ]

  /// The body: between the blank line after the headers and the line that says what was replied.
  static func body(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "captures")
    let text = try String(contentsOf: folder.appending(path: "\(name).txt"), encoding: .utf8)
      .replacing("\r\n", with: "\n")
    guard let head = text.range(of: "\n\n"), let tail = text.range(of: "\n\n--> replied") else { return [] }
    return Array(text[head.upperBound..<tail.lowerBound].utf8)
  }
}
