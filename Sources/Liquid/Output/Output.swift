/// The text that a rendering writes, in memory of its own or lent by whoever wants it.
///
/// An array would do, but looks at each piece whether somebody shares it; a letter is many small pieces.
struct Output: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int
  /// The memory is the lender's still: the text has not outgrown it.
  private(set) var isLent: Bool
  /// Values stay in one line.
  var isHeader = false

  init(capacity: Int) {
    self.capacity = max(16, capacity)
    base = .allocate(capacity: self.capacity)
    isLent = false
  }

  /// Writes into memory that outlives the output, as long as that is enough.
  init(lent memory: UnsafeMutableBufferPointer<UInt8>) {
    base = memory.baseAddress ?? .allocate(capacity: 0)
    capacity = memory.count
    isLent = memory.baseAddress != nil
  }

  deinit {
    if !isLent { base.deallocate() }
  }

  /// What was written; good until the next piece.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// What was written behind a mark.
  func text(from mark: Int = 0) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[mark...]), as: UTF8.self)
  }

  /// Takes back what was written behind a mark.
  mutating func cut(to mark: Int) { count = mark }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ piece: UnsafeBufferPointer<UInt8>) {
    guard let start = piece.baseAddress else { return }
    reserve(piece.count)
    (base + count).initialize(from: start, count: piece.count)
    count += piece.count
  }

  mutating func append(utf8 text: String) { text.withBytes { append($0) } }

  mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Copies a text in which no word of eight bytes has anything special. `false`: one has, and nothing is written.
  ///
  /// The last word overlaps the one before, and short texts are read from both ends, so that none needs a loop over bytes.
  @inline(__always)
  mutating func append(_ text: UnsafeBufferPointer<UInt8>, unless isSpecial: (UInt64) -> Bool) -> Bool {
    guard let start = text.baseAddress else { return true }
    reserve(text.count)
    let source = UnsafeRawPointer(start)
    let target = UnsafeMutableRawPointer(base + count)
    if text.count >= 8 {
      var place = 0
      let last = text.count - 8
      while true {
        let word = source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        if isSpecial(word) { return false }
        target.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
        if place == last { break }
        place = min(place + 8, last)
      }
    } else if text.count >= 4 {
      let first = source.loadUnaligned(as: UInt32.self)
      let last = source.loadUnaligned(fromByteOffset: text.count - 4, as: UInt32.self)
      if isSpecial(UInt64(first) | UInt64(last) << 32) { return false }
      target.storeBytes(of: first, as: UInt32.self)
      target.storeBytes(of: last, toByteOffset: text.count - 4, as: UInt32.self)
    } else if text.count > 0 {
      let (first, middle, last) = (text[0], text[text.count / 2], text[text.count - 1])
      if isSpecial(UInt64(eight: first) << 16 | UInt64(middle) << 8 | UInt64(last)) { return false }
      base[count] = first
      base[count + text.count / 2] = middle
      base[count + text.count - 1] = last
    }
    count += text.count
    return true
  }

  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more, 64)
    let roomier = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    roomier.initialize(from: base, count: count)
    if !isLent { base.deallocate() }
    base = roomier
    isLent = false
  }

  /// Writes up to so many bytes where the text ends; the closure says how many.
  @inline(__always)
  mutating func append(most bytes: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    reserve(bytes)
    count += write(base + count)
  }
}

extension String {
  /// The text's UTF-8, without a copy of the text.
  @inline(__always)
  func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    if utf8.withContiguousStorageIfAvailable(body) == nil { withCopiedBytes(body) }
  }

  /// Of a text that is not contiguous; what templates read always is.
  @inline(never)
  private func withCopiedBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    Array(utf8).withUnsafeBufferPointer(body)
  }
}
