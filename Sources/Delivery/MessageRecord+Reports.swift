import RoostCore

extension MessageRecord {
  /// Under which names whoever took a message will report about it: a message centre names each part by itself.
  public struct Reports: Sendable, Equatable {
    /// The channel's key: names are one centre's own.
    public var channel: String
    public var parts: [Part]

    public struct Part: Sendable, Equatable {
      public var name: String
      /// It reached the phone.
      public var isDelivered = false
    }

    static let partsMax = 255

    func encode(into bytes: inout [UInt8]) {
      bytes.append(counted: channel)
      bytes.append(varint: UInt64(parts.count))
      for part in parts {
        bytes.append(counted: part.name)
        bytes.append(part.isDelivered ? 1 : 0)
      }
    }

    init(decoding reader: inout ByteReader) throws(MalformedBytes) {
      channel = try reader.text()
      parts = []
      for _ in 0..<(try reader.count()) {
        parts.append(Part(name: try reader.text(), isDelivered: try reader.word(UInt8.self) == 1))
      }
    }

    init(channel: String, names: [String]) {
      self.channel = channel
      parts = names.prefix(Self.partsMax).map { Part(name: $0) }
    }
  }

  /// Reports about it will come by `channel` under these names, one for each part.
  public mutating func expectReports(by channel: String, names: [String]) {
    reports = names.isEmpty ? nil : Reports(channel: channel, names: names)
  }

  /// A part reached the phone.
  ///
  /// - Returns: whether all of them have now; `nil` if that part was known to have, or there is none such.
  public mutating func noteDelivered(_ part: Int) -> Bool? {
    guard let parts = reports?.parts, parts.indices.contains(part), !parts[part].isDelivered else { return nil }
    reports?.parts[part].isDelivered = true
    return reports?.parts.allSatisfy(\.isDelivered)
  }
}
