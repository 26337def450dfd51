import Channels
import RoostCore

/// A text message of which parts have come, as log and store keep it: no part that a centre was told to be taken is lost.
///
/// Once it is handed on, fingerprints of its parts stay for the rest of its time: a part that comes again, because our answer
/// got lost, begins no other message.
struct HeldText: Sendable, Equatable {
  /// Of the same row as those of refused events.
  var number: UInt64
  var workspace: WorkspaceID
  var channel: String
  /// When its first part came.
  var since: Instant
  var text: LongText
  var isHandedOn = false
  /// It began with a word that ends marketing.
  var isStop = false

  private static let format: UInt8 = 1

  /// Begins as refused events do: format, number, workspace.
  func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.format)
    bytes.append(word: number)
    bytes.append(word: workspace.number)
    bytes.append(counted: channel)
    bytes.append(word: since.milliseconds)
    let name = text.name
    bytes.append((isHandedOn ? 1 : 0) | (isStop ? 2 : 0) | (name.isInternational ? 4 : 0))
    bytes.append(counted: name.from)
    bytes.append(counted: name.to)
    bytes.append(word: UInt32(truncatingIfNeeded: name.reference))
    bytes.append(UInt8(truncatingIfNeeded: name.count))
    bytes.append(UInt8(truncatingIfNeeded: text.parts.count))
    for (number, part) in text.parts.sorted(by: { $0.key < $1.key }) {
      bytes += [UInt8(truncatingIfNeeded: number), part.dataCoding, part.isLatin ? 1 : 0]
      part.octets.withUnsafeBytes { bytes.append(counted: $0) }
    }
  }

  init(decoding reader: inout ByteReader) throws(MalformedBytes) {
    guard try reader.word(UInt8.self) == Self.format else { throw MalformedBytes(offset: reader.offset) }
    number = try reader.word()
    workspace = WorkspaceID(try reader.word())
    channel = try reader.text()
    since = Instant(milliseconds: try reader.word())
    let flags = try reader.word(UInt8.self)
    (isHandedOn, isStop) = (flags & 1 != 0, flags & 2 != 0)
    let (from, to) = (try reader.text(), try reader.text())
    let reference = Int(try reader.word(UInt32.self))
    let count = Int(try reader.word(UInt8.self))
    guard count > 1 else { throw MalformedBytes(offset: reader.offset) }
    text = LongText(
      LongText.Name(
        from: from, isInternational: flags & 4 != 0, to: to, reference: reference, count: count))
    for _ in 0..<(try reader.word(UInt8.self)) {
      let number = Int(try reader.word(UInt8.self))
      guard (1...count).contains(number) else { throw MalformedBytes(offset: reader.offset) }
      let (coding, isLatin) = (try reader.word(UInt8.self), try reader.word(UInt8.self) == 1)
      let part = LongText.Part(octets: Array(try reader.counted()), dataCoding: coding, isLatin: isLatin)
      _ = text.add(part, number: number)
    }
  }

  init(number: UInt64, _ channel: ChannelRef, since: Instant, _ name: LongText.Name) {
    self.number = number
    workspace = channel.workspace
    self.channel = channel.key
    self.since = since
    text = LongText(name)
  }

  var key: Key { Key(workspace: workspace, channel: channel, name: text.name) }

  struct Key: Hashable, Sendable {
    var workspace: WorkspaceID
    var channel: String
    var name: LongText.Name
  }
}
