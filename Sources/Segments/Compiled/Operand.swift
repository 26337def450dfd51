import Events
import RoostCore

/// A value in place, to be tested; valid only while the bytes are.
enum Operand {
  case missing
  case bool(Bool)
  case number(Double)
  case text(UnsafeRawBufferPointer)
  case json(UnsafeRawBufferPointer)

  init(_ field: EventField?) {
    guard let field else {
      self = .missing
      return
    }
    switch field.tag {
    case .null: self = .missing
    case .no: self = .bool(false)
    case .yes: self = .bool(true)
    case .number: self = .number(Double(bitPattern: field.bits))
    case .string: self = .text(field.bytes)
    case .json: self = .json(field.bytes)
    }
  }

  /// Calls `body` with a trait's value in place.
  @inline(__always)
  static func with<Result>(_ value: Value?, _ body: (Operand) -> Result) -> Result {
    switch value {
    case nil, .null: return body(.missing)
    case .bool(let flag): return body(.bool(flag))
    case .number(let number): return body(.number(number))
    case .string(var text): return text.withUTF8 { body(.text(UnsafeRawBufferPointer($0))) }
    case .json(var text): return text.withUTF8 { body(.json(UnsafeRawBufferPointer($0))) }
    }
  }

  /// The value as a number; so is a text that is one, as some shops send amounts (`"12.50"`).
  var number: Double? {
    switch self {
    case .number(let number): return number
    case .text(let bytes):
      guard let first = bytes.first, bytes.count <= 32, first < 0x3A,
        let number = Double(String(decoding: bytes, as: UTF8.self)),
        number.isFinite
      else { return nil }
      return number
    default: return nil
    }
  }

  /// The value as a date: ISO 8601 text; numbers are seconds since 1970, from 10¹¹ on milliseconds.
  var date: Instant? {
    switch self {
    case .text(let bytes): return Instant(iso8601: bytes)
    case .number(let number):
      guard number.magnitude < 1e15 else { return nil }
      return Instant(milliseconds: Int64(number.magnitude < 1e11 ? (number * 1_000).rounded() : number.rounded()))
    default: return nil
    }
  }

  /// Whether the value is a text with this part, or a JSON list with this text among its elements.
  func contains(_ part: [UInt8]) -> Bool {
    switch self {
    case .text(let bytes): bytes.contains(part)
    case .json(let bytes): (try? Self.list(bytes, contains: part)) ?? false
    default: false
    }
  }

  private static func list(_ json: UnsafeRawBufferPointer, contains part: [UInt8]) throws(JSONError) -> Bool {
    var scanner = JSONScanner(json)
    guard try scanner.peek() == .array, try scanner.enterArray() else { return false }
    repeat {
      let element = try scanner.value()
      guard element.kind == .string else { continue }
      if element.isEscaped ? element.text(in: json).utf8.elementsEqual(part) : element.bytes(in: json).equals(part) {
        return true
      }
    } while try scanner.hasElement()
    return false
  }
}

extension UnsafeRawBufferPointer {
  func equals(_ other: [UInt8]) -> Bool {
    count == other.count && starts(with: other)
  }

  func begins(with prefix: [UInt8]) -> Bool {
    count >= prefix.count && UnsafeRawBufferPointer(rebasing: self[0..<prefix.count]).equals(prefix)
  }

  func contains(_ part: [UInt8]) -> Bool {
    guard let head = part.first else { return true }
    var start = 0
    while start + part.count <= count {
      if self[start] == head, UnsafeRawBufferPointer(rebasing: self[start..<(start + part.count)]).equals(part) {
        return true
      }
      start += 1
    }
    return false
  }
}
