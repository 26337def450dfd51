#ifndef CLIBCRYPTO_SHIM_H
#define CLIBCRYPTO_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

/* SHA-256 without the EVP layer. OpenSSL 3 deprecates it, but for inputs of one or two blocks, which is all that HMAC and
 * HKDF have, EVP_Digest takes five times as long as the hash itself. Only these three are spared the warning. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static inline int libcrypto_sha256_init(SHA256_CTX *_Nonnull state) { return SHA256_Init(state); }

static inline int libcrypto_sha256_update(SHA256_CTX *_Nonnull state, const void *_Nullable bytes, size_t count) {
  return SHA256_Update(state, bytes, count);
}

static inline int libcrypto_sha256_final(SHA256_CTX *_Nonnull state, unsigned char *_Nonnull digest) {
  return SHA256_Final(digest, state);
}

#pragma GCC diagnostic pop

#endif
