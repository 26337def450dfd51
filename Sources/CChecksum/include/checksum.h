#ifndef ROOST_CHECKSUM_H
#define ROOST_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, continuing from `crc` (0 at the start).
/// Uses the processor's CRC instruction where there is one, a table otherwise; both give the same value.
uint32_t roost_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by table alone: the reference that the tests compare the instruction with.
uint32_t roost_crc32c_by_table(uint32_t crc, const void *bytes, size_t count);

#endif
