import CChecksum

/// CRC-32C of `bytes`, continuing from `crc`: the checksum of everything that storage writes.
func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
  roost_crc32c(crc, bytes.baseAddress, bytes.count)
}

/// The same without the processor's instruction: what machines that lack it use.
func crc32cByTable(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
  roost_crc32c_by_table(crc, bytes.baseAddress, bytes.count)
}
