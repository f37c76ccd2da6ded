#ifndef SARK_CRYPTO_ES256_H
#define SARK_CRYPTO_ES256_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Bytes of a signature: r and s, big-endian, 32 bytes each. */
#define SARK_ES256_BYTES 64

/* A key made ready to verify or to sign ES256 (RFC 7518 section 3.4). */
struct sark_es256;

/*
 * To verify with a public key, to sign with a private one; both as PEM, on
 * P-256.  Errors: CONFIG.
 */
int sark_es256_verifier(void *ctx, const char *public_pem,
    struct sark_es256 **es256_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
int sark_es256_signer(void *ctx, const char *private_pem,
    struct sark_es256 **es256_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Whether the signature is of these n bytes.  r and s outside of 1..n-1 are
 * refused; both s and n-s are taken, as FIPS 186-4 has it.
 */
bool sark_es256_verify(struct sark_es256 *es256, const void *data, size_t n,
    const unsigned char signature[SARK_ES256_BYTES]) SARK_NONNULL(1, 2);

/* Signs n bytes.  Errors: INTERNAL. */
int sark_es256_sign(struct sark_es256 *es256, const void *data, size_t n,
    unsigned char signature_r[SARK_ES256_BYTES], struct sark_err *err)
    SARK_NONNULL(1, 2, 5) SARK_CHECKED;

#endif
