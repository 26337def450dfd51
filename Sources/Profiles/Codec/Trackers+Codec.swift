import RoostCore

/// What a tracker's numbers look like, so that times take few bytes. A guess from the numbers alone: any numbers come back
/// in any shape.
enum TrackerShape: UInt8 {
  /// Counts and sums: as they are.
  case numbers = 0
  /// Times: each as the distance from the one before, the first from the person's `createdAt`.
  case times = 1
  /// Two bits of flags, then times × 512 and more flags, each as the distance from the one before.
  case sequence = 2
  /// Times as distances, each with an amount as it is.
  case amounts = 3

  /// Milliseconds since 1970 beyond which a number is taken for a time: 1972.
  private static let timeLeast: Int64 = 1 &<< 36

  @inline(__always)
  init(_ values: UnsafePointer<Int64>, _ count: Int) {
    if values[0] >= Self.timeLeast {
      self = count > 1 && values[1] < Self.timeLeast ? .amounts : .times
    } else {
      self = count > 1 && values[0] & ~3 == 0 ? .sequence : .numbers
    }
  }
}

/// A row's numbers as words of one width: `UInt8` of shape (2 bits), width in bytes (4) and a sequence's flags (2).
private struct TrackerLayout {
  var shape: TrackerShape
  var width: Int
  var flags: Int64

  @inline(__always)
  init(_ byte: UInt8) {
    shape = TrackerShape(rawValue: byte & 3) ?? .numbers
    width = Int(byte &>> 2 & 15)
    flags = Int64(byte &>> 6)
  }

  @inline(__always)
  init(_ values: UnsafePointer<Int64>, _ count: Int, _ base: Int64) {
    let shape = TrackerShape(values, count)
    // One byte at least, so that damage cannot ask for more numbers than there are bytes.
    var bits: UInt64 = 1
    Self.forEachWord(values, count, shape, base) { bits |= $0 }
    self.shape = shape
    width = (71 &- bits.leadingZeroBitCount) &>> 3
    flags = shape == .sequence ? values[0] : 0
  }

  var byte: UInt8 { shape.rawValue | UInt8(width) &<< 2 | UInt8(truncatingIfNeeded: flags) &<< 6 }

  /// The numbers as words, near zero as well as may be.
  @inline(__always)
  static func forEachWord(
    _ values: UnsafePointer<Int64>, _ count: Int, _ shape: TrackerShape, _ base: Int64, _ body: (UInt64) -> Void
  ) {
    switch shape {
    case .numbers: for index in 0..<count { body(zigzag(values[index])) }
    case .times:
      var before = base
      for index in 0..<count {
        body(zigzag(values[index] &- before))
        before = values[index]
      }
    case .sequence:
      var before = base &* 512
      for index in 1..<count {
        body(zigzag(values[index] &- before))
        before = values[index]
      }
    case .amounts:
      var before = base
      for index in 0..<count {
        body(zigzag(index & 1 == 0 ? values[index] &- before : values[index]))
        if index & 1 == 0 { before = values[index] }
      }
    }
  }

  /// How many words stand for so many numbers.
  @inline(__always)
  func words(_ count: Int) -> Int { shape == .sequence ? max(0, count &- 1) : count }
}

extension Trackers {
  /// Per row: its slot as the distance from the one before, how many numbers, their layout; then all rows' words.
  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.length(rows.count)
    let base = base.milliseconds
    // Written through a local: a writer that closures hold on to would be stored and loaded again for every byte.
    var heads = writer
    rows.withUnsafeBufferPointer { rows in
      values.withUnsafeBufferPointer { values in
        guard var numbers = values.baseAddress else { return }
        var slot: UInt32 = 0
        let words = heads.cursor + Self.headBytesMax &* rows.count
        var cursor = words
        for row in rows {
          let count = Int(row.count)
          let layout = TrackerLayout(numbers, count, base)
          heads.shortLength(Int(row.slot &- slot))
          heads.shortLength(count)
          heads.byte(layout.byte)
          let width = layout.width
          TrackerLayout.forEachWord(numbers, count, layout.shape, base) { word in
            cursor.storeBytes(of: word.littleEndian, as: UInt64.self)
            cursor += width
          }
          slot = row.slot
          numbers += count
        }
        // The words move up to the heads.
        let count = cursor - words
        heads.cursor.copyMemory(from: words, byteCount: count)
        heads.cursor += count
      }
    }
    writer = heads
  }

  /// Slot, count and layout.
  private static let headBytesMax = 2 * PackedWriter.lengthBytesMax + 1

  static func bytesMax(_ rows: Int, _ values: Int) -> Int { headBytesMax &* rows &+ 8 &* values &+ 8 }

  /// Appends what a section holds; whether it was what had been written.
  mutating func decode(_ reader: inout PackedReader, base: Instant) -> Bool {
    let rowCount = reader.count(of: 3)
    guard let start = reader.bytes.baseAddress, rowCount > 0 else { return reader.isFinished }
    let heads = UnsafePointer(start.assumingMemoryBound(to: UInt8.self)) + reader.offset
    let bytes = reader.remaining
    rows.append(contentsOf: repeatElement(Row(slot: 0, count: 0), count: rowCount))
    let content = rows.withUnsafeMutableBufferPointer { Self.decodeHeads($0, heads, bytes) }
    // `range(of:)` trusts that the rows' counts add up to the numbers there are.
    guard let content, values.isEmpty else {
      rows.removeAll()
      return false
    }
    // Room that is written over at once, without a look at the array for every number.
    values.append(contentsOf: repeatElement(0, count: content.numbers))
    rows.withUnsafeBufferPointer { rows in
      values.withUnsafeMutableBufferPointer { values in
        guard let values = values.baseAddress else { return }
        Self.decodeWords(rows, heads, heads + content.words, base.milliseconds, values)
      }
    }
    return true
  }

  /// Fills rows; where their words begin and how many numbers they are. `nil` for what nobody wrote so. Looks at most at as
  /// many bytes behind the section as `PackedSections.slack` allows.
  private static func decodeHeads(
    _ rows: UnsafeMutableBufferPointer<Row>, _ heads: UnsafePointer<UInt8>, _ bytes: Int
  ) -> (words: Int, numbers: Int)? {
    var head = heads
    var slot = 0
    var numbers = 0
    var words = 0
    for index in rows.indices {
      guard head - heads < bytes else { return nil }
      slot &+= length(&head)
      guard head - heads < bytes else { return nil }
      let count = length(&head)
      let layout = TrackerLayout(head[0])
      head += 1
      guard count > 0, count <= bytes, slot <= Int(UInt32.max), layout.width >= 1, layout.width <= 8 else { return nil }
      rows[index] = Row(slot: UInt32(truncatingIfNeeded: slot), count: UInt32(truncatingIfNeeded: count))
      numbers &+= count
      words &+= layout.words(count) &* layout.width
    }
    return words == bytes &- (head - heads) ? (head - heads, numbers) : nil
  }

  /// A varint of five bytes at most; −1 for a longer one.
  @inline(__always)
  private static func length(_ head: inout UnsafePointer<UInt8>) -> Int {
    let first = Int(head[0])
    head += 1
    return first < 0x80 ? first : longLength(first & 0x7F, &head)
  }

  @inline(never)
  private static func longLength(_ first: Int, _ head: inout UnsafePointer<UInt8>) -> Int {
    var value = first
    for shift in [7, 14, 21, 28] {
      let byte = Int(head[0])
      head += 1
      value |= (byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
    }
    return Int.min / 2
  }

  @inline(__always)
  private static func decodeWords(
    _ rows: UnsafeBufferPointer<Row>, _ heads: UnsafePointer<UInt8>, _ words: UnsafePointer<UInt8>, _ base: Int64,
    _ values: UnsafeMutablePointer<Int64>
  ) {
    var head = heads
    var values = values
    var cursor = UnsafeRawPointer(words)
    for row in rows {
      _ = length(&head)
      _ = length(&head)
      let layout = TrackerLayout(head[0])
      head += 1
      let count = Int(row.count)
      let width = layout.width
      let mask = UInt64.max &>> UInt64(64 &- 8 &* width)
      @inline(__always)
      func next() -> Int64 {
        let word = UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self)) & mask
        cursor += width
        return unzigzag(word)
      }
      var before = base
      switch layout.shape {
      case .numbers: for index in 0..<count { values[index] = next() }
      case .times:
        for index in 0..<count {
          before = before &+ next()
          values[index] = before
        }
      case .sequence:
        before = base &* 512
        values[0] = layout.flags
        var index = 1
        while index < count {
          before = before &+ next()
          values[index] = before
          index &+= 1
        }
      case .amounts:
        for index in 0..<count {
          let number = next()
          if index & 1 == 0 { before = before &+ number }
          values[index] = index & 1 == 0 ? before : number
        }
      }
      values += count
    }
  }

  /// As format 1 had it: every number as it is, in pairs.
  mutating func decodeFormat1(_ reader: inout PackedReader) {
    var slot: UInt32 = 0
    var total: UInt64 = 0
    rows = reader.rows(reader.count(of: 1)) { reader in
      let (distance, count) = reader.pair()
      slot &+= UInt32(truncatingIfNeeded: distance)
      let numbers = UInt32(truncatingIfNeeded: count)
      total &+= UInt64(numbers)
      return Row(slot: slot, count: numbers)
    }
    guard total <= UInt64(reader.remaining) &* 2 else {
      rows = []
      reader.fail()
      return
    }
    var left = Int(total)
    values.reserveCapacity(left)
    while left > 0 {
      let (first, second) = reader.pair()
      values.append(unzigzag(first))
      if left > 1 { values.append(unzigzag(second)) }
      left &-= 2
    }
  }
}
