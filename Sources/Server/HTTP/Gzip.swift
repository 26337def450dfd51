import CZlib
import RoostCore

/// Unpacks one gzip body (RFC 1952) up to a limit: a small body that unpacks to gigabytes is refused early.
func gunzip(_ packed: UnsafeRawBufferPointer, bytesMax: Int) throws(Problem) -> [UInt8] {
  var stream = z_stream()
  // 16 + 15: a gzip header and the largest window.
  guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw Problem(.internalFault, "no memory to unpack the body")
  }
  defer { inflateEnd(&stream) }
  stream.next_in = UnsafeMutablePointer(mutating: packed.bindMemory(to: UInt8.self).baseAddress)
  stream.avail_in = UInt32(packed.count)
  var unpacked: [UInt8] = []
  var room = max(4_096, min(bytesMax, packed.count * 6))
  while true {
    let start = unpacked.count
    unpacked.append(contentsOf: repeatElement(0, count: room))
    let (status, left) = unpacked.withUnsafeMutableBufferPointer { buffer -> (Int32, UInt32) in
      stream.next_out = buffer.baseAddress! + start
      stream.avail_out = UInt32(room)
      return (inflate(&stream, Z_NO_FLUSH), stream.avail_out)
    }
    unpacked.removeLast(Int(left))
    if unpacked.count > bytesMax { throw .bodyTooLarge(bytesMax: bytesMax) }
    switch status {
    case Z_STREAM_END: return unpacked
    case Z_OK where left == 0: room = max(4_096, unpacked.count)
    case Z_OK, Z_BUF_ERROR: throw .invalid("", "the gzip body ends too early")
    default: throw .invalid("", "the body says Content-Encoding: gzip but is no gzip")
    }
  }
}
