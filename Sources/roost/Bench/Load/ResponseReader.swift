/// Finds the end of an HTTP/1.1 response with `Content-Length` in the bytes received so far: all that a load generator
/// must know of it.
struct ResponseReader {
  struct Response {
    var status: Int
    var body: Range<Int>
  }

  private static let end = Array("\r\n\r\n".utf8)
  private static let length = Array("\r\ncontent-length:".utf8)

  /// `nil` while the response is not complete.
  static func read(_ bytes: UnsafeRawBufferPointer) -> Response? {
    guard let headEnd = find(end, in: bytes, from: 12) else { return nil }
    let status = number(bytes, from: 9)
    let place = find(length, in: UnsafeRawBufferPointer(rebasing: bytes[..<headEnd]), from: 12)
    let count = place.map { number(bytes, from: $0 + length.count) } ?? 0
    let start = headEnd + end.count
    guard bytes.count >= start + count else { return nil }
    return Response(status: status, body: start..<(start + count))
  }

  /// Compares without regard to the case of ASCII letters.
  private static func find(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from: Int) -> Int? {
    guard bytes.count >= from + pattern.count else { return nil }
    for place in from...(bytes.count - pattern.count) where bytes[place] == 13 {
      var matched = 0
      while matched < pattern.count {
        let byte = bytes[place + matched]
        guard (byte >= 65 && byte <= 90 ? byte | 0x20 : byte) == pattern[matched] else { break }
        matched += 1
      }
      if matched == pattern.count { return place }
    }
    return nil
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, from: Int) -> Int {
    var number = 0
    var place = from
    while place < bytes.count, bytes[place] == 32 { place += 1 }
    while place < bytes.count, bytes[place] >= 48, bytes[place] <= 57 {
      number = number * 10 + Int(bytes[place] - 48)
      place += 1
    }
    return number
  }
}
