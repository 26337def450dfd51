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

  /// The value as a date: text as `dateOrTime` reads it; numbers are seconds since 1970, from 10¹¹ on milliseconds.
  var date: Instant? {
    switch self {
    case .text(let bytes): return dateOrTime(bytes)
    case .number(let number):
      guard number.magnitude < 1e15 else { return nil }
      return Instant(milliseconds: Int64(number.magnitude < 1e11 ? (number * 1_000).rounded() : number.rounded()))
    default: return nil
    }
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
