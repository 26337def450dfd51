import RoostCore

/// Texts of strings with escapes, until the next event. Most strings have none and stay where they are.
///
/// A class, because texts are pointers into it; `EventParser` replaces an arena that a copy of the parser shares, so each
/// is only ever used by one owner.
final class TextArena: @unchecked Sendable {
  private static let chunkBytes = 65_536
  private var chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: TextArena.chunkBytes, alignment: 8)
  private var used = 0
  private var buffer: [UInt8] = []
  /// Full ones, given back at the next `clear`.
  private var spent: [UnsafeMutableRawBufferPointer] = []

  init() {}

  deinit {
    chunk.deallocate()
    for chunk in spent { chunk.deallocate() }
  }

  /// Ends the life of all texts.
  func clear() {
    used = 0
    guard !spent.isEmpty else { return }
    for chunk in spent { chunk.deallocate() }
    spent.removeAll()
  }

  /// A string's text, unescaped if need be; the bytes of any other value.
  @inline(__always)
  func text(_ slice: JSONSlice, in body: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    slice.isEscaped ? unescaped(slice.bytes(in: body)) : slice.bytes(in: body)
  }

  private func unescaped(_ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    buffer.removeAll(keepingCapacity: true)
    buffer.append(unescaping: content)
    return buffer.withUnsafeBytes { keep($0) }
  }

  /// A copy of bytes that lives until `clear`.
  func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    if chunk.count - used < bytes.count {
      spent.append(chunk)
      chunk = .allocate(byteCount: max(Self.chunkBytes, bytes.count), alignment: 8)
      used = 0
    }
    let place = UnsafeMutableRawBufferPointer(rebasing: chunk[used..<(used + bytes.count)])
    place.copyMemory(from: bytes)
    used += bytes.count
    return UnsafeRawBufferPointer(place)
  }
}
