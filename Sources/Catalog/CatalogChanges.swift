import RoostCore

/// What part of an import changes in a catalogue, as the log keeps it.
public struct CatalogChanges: Sendable, Equatable {
  public enum Change: Sendable, Equatable {
    case put(Product)
    case remove(id: String)
  }
  public var changes: [Change]
  /// Products of the workspace after these changes.
  public var total: Int
  public var at: Instant

  public init(_ changes: [Change], total: Int, at: Instant) {
    self.changes = changes
    self.total = total
    self.at = at
  }

  private static let format: UInt8 = 1

  /// Format byte, total, moment, then the changes, each with a byte of kind.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    bytes.append(varint: UInt64(total))
    bytes.append(word: at.milliseconds)
    bytes.append(varint: UInt64(changes.count))
    var product: [UInt8] = []
    for change in changes {
      switch change {
      case .put(let new):
        bytes.append(1)
        product.removeAll(keepingCapacity: true)
        new.encode(into: &product)
        product.withUnsafeBytes { bytes.append(counted: $0) }
      case .remove(let id):
        bytes.append(2)
        bytes.append(counted: id)
      }
    }
  }

  /// Reads what `encode` wrote.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: 0) }
    total = Int(clamping: try reader.varint())
    at = Instant(milliseconds: try reader.word())
    changes = []
    for _ in 0..<(try reader.count(of: 2)) {
      switch try reader.word(UInt8.self) {
      case 1: changes.append(.put(try Product(decoding: try reader.counted())))
      case 2: changes.append(.remove(id: try reader.text()))
      default: throw MalformedBytes(offset: reader.offset - 1)
      }
    }
    guard reader.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
  }
}
