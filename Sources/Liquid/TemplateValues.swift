import RoostCore

/// The values of a template's variables at one moment: what a message says is settled when it is decided, not when it is
/// sent.
public struct TemplateValues: Sendable, Equatable {
  /// In the order of `Template.variables`; `.null` for a missing one.
  public var values: [Value]

  private static let format: UInt8 = 1

  /// Takes the present values of all variables.
  public init(of variables: [VariablePath], lookup: (VariablePath) -> Value?) {
    values = variables.map { lookup($0) ?? .null }
  }

  /// Format byte, count, then per value a tag and its content.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    bytes.append(varint: UInt64(values.count))
    for value in values {
      switch value {
      case .null: bytes.append(0)
      case .bool(let flag): bytes.append(flag ? 2 : 1)
      case .number(let number):
        bytes.append(3)
        bytes.append(word: number.bitPattern)
      case .string(let text):
        bytes.append(4)
        bytes.append(counted: text)
      case .json(let text):
        bytes.append(5)
        bytes.append(counted: text)
      }
    }
  }

  /// Reads what `encode` wrote.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: 0) }
    values = []
    for _ in 0..<(try reader.count()) {
      switch try reader.word(UInt8.self) {
      case 0: values.append(.null)
      case 1: values.append(.bool(false))
      case 2: values.append(.bool(true))
      case 3: values.append(.number(Double(bitPattern: try reader.word())))
      case 4: values.append(.string(try reader.text()))
      case 5: values.append(.json(try reader.text()))
      default: throw MalformedBytes(offset: reader.offset - 1)
      }
    }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }
}
