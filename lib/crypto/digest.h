#ifndef SARK_CRYPTO_DIGEST_H
#define SARK_CRYPTO_DIGEST_H

#include <stddef.h>

#include "base/attr.h"

#define SARK_SHA256_BYTES 32
#define SARK_SHA256_TEXT  65
#define SARK_SHA1_TEXT	  41

/* SHA-256 (FIPS 180-4) of n bytes. */
void sark_sha256(unsigned char out[SARK_SHA256_BYTES], const void *data,
    size_t n) SARK_NONNULL(1);
/* The same as lower-case hex. */
void sark_sha256_hex(char out[SARK_SHA256_TEXT], const void *data, size_t n)
    SARK_NONNULL(1);
/*
 * SHA-1 as lower-case hex: the name that Redis gives a script.  It secures
 * nothing.
 */
void sark_sha1_hex(char out[SARK_SHA1_TEXT], const void *data, size_t n)
    SARK_NONNULL(1);
/* HMAC-SHA-256 (RFC 2104). */
void sark_hmac_sha256(unsigned char out[SARK_SHA256_BYTES], const void *key,
    size_t key_len, const void *data, size_t n) SARK_NONNULL(1, 2);

#endif
