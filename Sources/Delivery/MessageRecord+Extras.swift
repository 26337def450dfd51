import RoostCore

extension MessageRecord {
  /// The numbers of extras; the list only grows.
  private enum Extra: UInt8 {
    case place = 1
    case window = 2
    case reports = 3
    case dismissed = 4
    case reasons = 16
    case test = 17
  }

  func encodeExtras(into bytes: inout [UInt8]) {
    var extras: [(Extra, [UInt8])] = []
    if entry != 0 || place != 0 {
      var payload: [UInt8] = []
      payload.append(varint: UInt64(entry))
      payload.append(varint: UInt64(place))
      extras.append((.place, payload))
    }
    if let window {
      var payload: [UInt8] = []
      payload.append(word: window.closesAt.milliseconds)
      payload.append(word: window.opensAt.milliseconds)
      extras.append((.window, payload))
    }
    if let reports {
      var payload: [UInt8] = []
      reports.encode(into: &payload)
      extras.append((.reports, payload))
    }
    if let dismissedAt {
      var payload: [UInt8] = []
      payload.append(word: dismissedAt.milliseconds)
      extras.append((.dismissed, payload))
    }
    if let reasons {
      var payload: [UInt8] = []
      reasons.encode(base: createdAt, into: &payload)
      extras.append((.reasons, payload))
    }
    if isTest { extras.append((.test, [])) }
    bytes.append(varint: UInt64(extras.count))
    for (extra, payload) in extras {
      bytes.append(extra.rawValue)
      payload.withUnsafeBytes { bytes.append(counted: $0) }
    }
  }

  mutating func decodeExtras(_ reader: inout ByteReader) throws(MalformedBytes) {
    for _ in 0..<(try reader.count()) {
      let number: UInt8 = try reader.word()
      guard let extra = Extra(rawValue: number) else { throw MalformedBytes(offset: reader.offset - 1) }
      var payload = ByteReader(try reader.counted())
      switch extra {
      case .test: isTest = true
      case .place:
        entry = UInt32(truncatingIfNeeded: try payload.varint())
        place = UInt32(truncatingIfNeeded: try payload.varint())
      case .reasons: reasons = try DecisionReasons(decoding: &payload, base: createdAt)
      case .window:
        let (closes, opens): (Int64, Int64) = (try payload.word(), try payload.word())
        window = SendWindow(closesAt: Instant(milliseconds: closes), opensAt: Instant(milliseconds: opens))
      case .reports: reports = try Reports(decoding: &payload)
      case .dismissed: dismissedAt = Instant(milliseconds: try payload.word())
      }
      guard payload.isAtEnd else { throw MalformedBytes(offset: reader.offset) }
    }
  }
}
