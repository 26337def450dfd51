/// Reads JSON text in place, strictly by RFC 8259, and makes nothing: values come out as checked places in the bytes.
///
/// Whatever the bytes are, the answer is a value or a `JSONError`. Beyond the grammar it refuses what the RFC leaves
/// open and receivers disagree on: bytes that are not UTF-8, a byte order mark, a `\u` escape that is half of a surrogate
/// pair, and nesting deeper than 64. Duplicate keys are the caller's affair. Valid only while the bytes are.
///
/// ```
/// if try scanner.enterObject() {
///   repeat {
///     let key = try scanner.key()
///     let value = try scanner.value()
///   } while try scanner.hasMember()
/// }
/// ```
@frozen
public struct JSONScanner {
  /// Lists and objects inside one another.
  public static let depthMax = 64
  /// Places are kept in 32 bits.
  public static let bytesMax = Int(UInt32.max)

  public let bytes: UnsafeRawBufferPointer
  @usableFromInline
  let base: UnsafeRawPointer
  @usableFromInline
  let end: Int
  public var offset: Int
  @usableFromInline
  var depth: Int

  /// Starts at `offset`. Bytes beyond `bytesMax` are not looked at: the text then ends too early.
  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
    self.bytes = bytes
    base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!
    end = Swift.min(bytes.count, Self.bytesMax)
    self.offset = offset
    depth = 0
  }

  @inlinable
  func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

  @inlinable
  func error(_ reason: JSONError.Reason, at offset: Int) -> JSONError { JSONError(offset: offset, reason: reason) }

  @inlinable @inline(__always)
  public mutating func skipWhitespace() {
    while offset < end {
      let byte = byte(offset)
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset &+= 1
    }
  }

  /// What the next value is, by its first byte.
  @inlinable @inline(__always)
  public mutating func peek() throws(JSONError) -> JSONKind {
    skipWhitespace()
    guard offset < end else { throw error(.unexpectedEnd, at: offset) }
    switch byte(offset) {
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "t"): return .yes
    case UInt8(ascii: "f"): return .no
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case 0xEF where offset == 0: throw error(.byteOrderMark, at: 0)
    default: throw error(.unexpectedByte, at: offset)
    }
  }

  /// Reads and checks the next value, whatever it is.
  @inlinable
  public mutating func value() throws(JSONError) -> JSONSlice {
    let kind = try peek()
    let start = offset
    switch kind {
    case .string: return try text()
    case .number: return try number().slice
    case .object, .array: try skipContainer(kind)
    case .yes: try literal(0x6575_7274, 4)
    case .null: try literal(0x6C6C_756E, 4)
    case .no: try literal(0x736C_6166, 5)
    }
    return JSONSlice(kind, start: start, end: offset)
  }

  /// `true`, `null` and `fals` as little-endian words; `false` is one byte longer.
  @inlinable
  mutating func literal(_ word: UInt32, _ length: Int) throws(JSONError) {
    guard offset &+ length <= end else { throw error(.badLiteral, at: offset) }
    let found = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    guard found == word, length == 4 || byte(offset &+ 4) == UInt8(ascii: "e") else {
      throw error(.badLiteral, at: offset)
    }
    offset &+= length
  }

  @inlinable @inline(never)
  mutating func skipContainer(_ kind: JSONKind) throws(JSONError) {
    if kind == .object {
      guard try enterObject() else { return }
      repeat {
        _ = try key()
        _ = try value()
      } while try hasMember()
    } else {
      guard try enterArray() else { return }
      repeat { _ = try value() } while try hasElement()
    }
  }
}

extension JSONScanner {
  /// Steps over `{`; whether there is a first member. If not, the object is behind.
  @inlinable @inline(__always)
  public mutating func enterObject() throws(JSONError) -> Bool { try enter(UInt8(ascii: "{"), UInt8(ascii: "}")) }

  /// Steps over `[`; whether there is a first element. If not, the list is behind.
  @inlinable
  public mutating func enterArray() throws(JSONError) -> Bool { try enter(UInt8(ascii: "["), UInt8(ascii: "]")) }

  /// After a member's value: whether another follows. If not, the object is behind.
  @inlinable @inline(__always)
  public mutating func hasMember() throws(JSONError) -> Bool { try hasNext(UInt8(ascii: "}")) }

  /// After an element: whether another follows. If not, the list is behind.
  @inlinable @inline(__always)
  public mutating func hasElement() throws(JSONError) -> Bool { try hasNext(UInt8(ascii: "]")) }

  /// A member's name and its colon.
  @inlinable @inline(__always)
  public mutating func key() throws(JSONError) -> JSONSlice {
    skipWhitespace()
    guard offset < end else { throw error(.unexpectedEnd, at: offset) }
    guard byte(offset) == UInt8(ascii: "\"") else { throw error(.unexpectedByte, at: offset) }
    let key = try text()
    skipWhitespace()
    guard offset < end else { throw error(.unexpectedEnd, at: offset) }
    guard byte(offset) == UInt8(ascii: ":") else { throw error(.unexpectedByte, at: offset) }
    offset &+= 1
    return key
  }

  /// Checks that nothing but white space is left.
  @inlinable
  public mutating func finish() throws(JSONError) {
    skipWhitespace()
    guard offset == bytes.count else { throw error(.trailingBytes, at: offset) }
  }

  @inlinable @inline(__always)
  mutating func enter(_ open: UInt8, _ close: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    guard offset < end else { throw error(.unexpectedEnd, at: offset) }
    guard byte(offset) == open else { throw error(.unexpectedByte, at: offset) }
    guard depth < Self.depthMax else { throw error(.tooDeep, at: offset) }
    offset &+= 1
    skipWhitespace()
    guard offset < end else { throw error(.unexpectedEnd, at: offset) }
    if byte(offset) == close {
      offset &+= 1
      return false
    }
    depth &+= 1
    return true
  }

  @inlinable @inline(__always)
  mutating func hasNext(_ close: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    guard offset < end else { throw error(.unexpectedEnd, at: offset) }
    let byte = byte(offset)
    guard byte == UInt8(ascii: ",") || byte == close else { throw error(.unexpectedByte, at: offset) }
    offset &+= 1
    if byte == close {
      depth &-= 1
      return false
    }
    return true
  }
}
