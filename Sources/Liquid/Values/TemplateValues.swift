import RoostCore

/// The values of a template's variables at one moment: what a message says is settled when it is decided, not when it is
/// sent.
public struct TemplateValues: Sendable, Equatable {
  /// An object of what was found: `{"person": {"first_name": "Ann"}, "event": {"products": […]}}`.
  public var root: LiquidValue

  /// The encoding with names; messages decided by older versions have values alone, in the order of their variables.
  private static let format: UInt8 = 2
  private static let listFormat: UInt8 = 1
  /// Values inside one another.
  private static let depthMax = 72
  /// Room that is made for so many at once: a damaged count must not ask for much.
  private static let reservedMax = 64

  public init(root: LiquidValue = .object([])) { self.root = root }

  /// Takes the present values of all variables; what is not there is left out.
  public init(of variables: [VariablePath], lookup: (VariablePath) -> LiquidValue?) {
    root = .object([])
    for path in variables {
      guard let value = lookup(path), !value.isNull else { continue }
      root.insert(value, at: path.parts[...])
    }
  }

  /// Format byte, then the tree.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    Self.encode(root, into: &bytes)
  }

  private static func encode(_ value: LiquidValue, into bytes: inout [UInt8]) {
    switch value {
    case .null, .empty, .blank, .loop: bytes.append(0)
    case .bool(let flag): bytes.append(flag ? 2 : 1)
    case .double(let number):
      bytes.append(3)
      bytes.append(word: number.bitPattern)
    case .string(let text):
      bytes.append(4)
      bytes.append(counted: text)
    case .int(let number):
      bytes.append(6)
      bytes.append(word: number)
    case .markup(let text):
      bytes.append(7)
      bytes.append(counted: text)
    case .list(let items):
      bytes.append(8)
      bytes.append(varint: UInt64(items.count))
      for item in items { encode(item, into: &bytes) }
    case .object(let members):
      bytes.append(9)
      bytes.append(varint: UInt64(members.count))
      for member in members {
        bytes.append(counted: member.key)
        encode(member.value, into: &bytes)
      }
    case .range(let first, let last):
      bytes.append(10)
      bytes.append(word: first)
      bytes.append(word: last)
    }
  }

  /// Whether encoded values have names: all but those of older versions have.
  public static func areNamed(_ bytes: [UInt8]) -> Bool { bytes.first == format }

  /// Reads what `encode` wrote.
  ///
  /// - Parameter variables: what the template reads, for values that an older version kept without names.
  public init(
    decoding bytes: UnsafeRawBufferPointer, variables: [VariablePath] = []
  ) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    switch try reader.word(UInt8.self) {
    case Self.format: root = try Self.decode(&reader, depth: 0)
    case Self.listFormat:
      root = .object([])
      let count = try reader.count()
      guard count == variables.count else { throw MalformedBytes(offset: reader.offset) }
      for path in variables { root.insert(try Self.decode(&reader, depth: 0), at: path.parts[...]) }
    default: throw MalformedBytes(offset: 0)
    }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }

  private static func decode(_ reader: inout ByteReader, depth: Int) throws(MalformedBytes) -> LiquidValue {
    guard depth < depthMax else { throw MalformedBytes(offset: reader.offset) }
    switch try reader.word(UInt8.self) {
    case 0: return .null
    case 1: return .bool(false)
    case 2: return .bool(true)
    case 3: return LiquidValue(.number(Double(bitPattern: try reader.word())))
    case 4: return .string(try reader.text())
    case 5: return LiquidValue(.json(try reader.text()))
    case 6: return .int(try reader.word())
    case 7: return .markup(try reader.text())
    case 8:
      let count = try reader.count()
      var items: [LiquidValue] = []
      items.reserveCapacity(min(count, Self.reservedMax))
      for _ in 0..<count { items.append(try decode(&reader, depth: depth + 1)) }
      return .list(items)
    case 9:
      let count = try reader.count(of: 2)
      var members: [LiquidValue.Member] = []
      members.reserveCapacity(min(count, Self.reservedMax))
      for _ in 0..<count {
        let key = try reader.text()
        members.append(LiquidValue.Member(key, try decode(&reader, depth: depth + 1)))
      }
      return .object(members)
    case 10: return .range(try reader.word(), try reader.word())
    default: throw MalformedBytes(offset: reader.offset - 1)
    }
  }
}

extension LiquidValue {
  /// Sets a value at a path of names, making the objects on the way. What stands there already stays.
  mutating func insert(_ value: LiquidValue, at path: ArraySlice<String>) {
    guard let name = path.first, case .object(var members) = self else { return }
    self = .null
    defer { self = .object(members) }
    let rest = path.dropFirst()
    if let place = members.firstIndex(where: { $0.key == name }) {
      members[place].value.insert(value, at: rest)
    } else if rest.isEmpty {
      members.append(Member(name, value))
    } else {
      var inner = LiquidValue.object([])
      inner.insert(value, at: rest)
      members.append(Member(name, inner))
    }
  }
}
