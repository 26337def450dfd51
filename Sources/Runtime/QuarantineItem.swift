import Events
import RoostCore

/// An event that was refused, kept so that somebody can mend and replay it.
public struct QuarantineItem: Sendable, Equatable {
  /// Given when it is stored; 0 before.
  public var number: UInt64
  public var workspace: WorkspaceID
  public var receivedAt: Instant
  public var reason: DropReason
  public var pointer: String
  public var detail: String
  /// The event as it was sent.
  public var raw: [UInt8]
  public var isHistorical: Bool

  public init(
    number: UInt64 = 0, workspace: WorkspaceID, receivedAt: Instant, reason: DropReason, pointer: String,
    detail: String, raw: [UInt8], isHistorical: Bool
  ) {
    self.number = number
    self.workspace = workspace
    self.receivedAt = receivedAt
    self.reason = reason
    self.pointer = pointer
    self.detail = detail
    self.raw = raw
    self.isHistorical = isHistorical
  }

  func encode(into bytes: inout [UInt8]) {
    bytes.append(1)
    bytes.append(word: number)
    bytes.append(word: workspace.number)
    bytes.append(word: receivedAt.milliseconds)
    bytes.append(counted: reason.rawValue)
    bytes.append(counted: pointer)
    bytes.append(counted: detail)
    raw.withUnsafeBytes { bytes.append(counted: $0) }
    bytes.append(isHistorical ? 1 : 0)
  }

  init(decoding reader: inout ByteReader) throws(MalformedBytes) {
    guard try reader.word(UInt8.self) == 1 else { throw MalformedBytes(offset: reader.offset) }
    number = try reader.word()
    workspace = WorkspaceID(try reader.word())
    receivedAt = Instant(milliseconds: try reader.word())
    guard let reason = DropReason(rawValue: try reader.text()) else { throw MalformedBytes(offset: reader.offset) }
    self.reason = reason
    pointer = try reader.text()
    detail = try reader.text()
    raw = Array(try reader.counted())
    isHistorical = try reader.word(UInt8.self) == 1
  }
}
