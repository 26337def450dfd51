#include "checksum.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

// The reversed polynomial 0x1EDC6F41. table[k][b] is the checksum of byte b followed by k zero bytes, so that eight bytes
// are folded in one step ("slicing by 8").
static uint32_t table[8][256];
static pthread_once_t tableOnce = PTHREAD_ONCE_INIT;

static void makeTable(void) {
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t c = b;
    for (int i = 0; i < 8; i++) c = (c >> 1) ^ (0x82F63B78u & (0u - (c & 1)));
    table[0][b] = c;
  }
  for (int k = 1; k < 8; k++)
    for (int b = 0; b < 256; b++) table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 0xFF];
}

uint32_t roost_crc32c_by_table(uint32_t crc, const void *bytes, size_t count) {
  pthread_once(&tableOnce, makeTable);
  const uint8_t *p = bytes;
  uint32_t c = ~crc;
  for (; count >= 8; p += 8, count -= 8) {
    uint32_t low = c ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
    c = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^ table[4][low >> 24] ^
        table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
  }
  for (; count > 0; p++, count--) c = (c >> 8) ^ table[0][(c ^ *p) & 0xFF];
  return ~c;
}

#if defined(__x86_64__)
#define ROOST_CRC_INSTRUCTION 1
static int hasInstruction(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2"))) static uint32_t byInstruction(uint32_t crc, const uint8_t *p, size_t count) {
  uint64_t c = (uint32_t)~crc;
  for (; count >= 8; p += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    c = _mm_crc32_u64(c, word);
  }
  uint32_t rest = (uint32_t)c;
  for (; count > 0; p++, count--) rest = _mm_crc32_u8(rest, *p);
  return ~rest;
}
#elif defined(__aarch64__)
#define ROOST_CRC_INSTRUCTION 1
static int hasInstruction(void) { return (getauxval(AT_HWCAP) & (1ul << 7)) != 0; /* HWCAP_CRC32 */ }

__attribute__((target("crc"))) static uint32_t byInstruction(uint32_t crc, const uint8_t *p, size_t count) {
  uint32_t c = ~crc;
  for (; count >= 8; p += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    c = __crc32cd(c, word);
  }
  for (; count > 0; p++, count--) c = __crc32cb(c, *p);
  return ~c;
}
#endif

uint32_t roost_crc32c(uint32_t crc, const void *bytes, size_t count) {
#ifdef ROOST_CRC_INSTRUCTION
  if (hasInstruction()) return byInstruction(crc, bytes, count);
#endif
  return roost_crc32c_by_table(crc, bytes, count);
}
