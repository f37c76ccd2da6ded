#ifndef SARK_CRYPTO_PEPPER_H
#define SARK_CRYPTO_PEPPER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/digest.h"

/*
 * A pepper: a key of the server's that the digest of a secret needs, so that
 * who has the database alone can neither try secrets nor make up a row.
 */
struct sark_pepper;

/* Reads the key file (keyfile.h).  Wiped when it is freed.  Errors: CONFIG. */
int sark_pepper_open(void *ctx, const char *path, struct sark_pepper **pepper_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* HMAC-SHA-256 of a secret. */
void sark_pepper_mac(const struct sark_pepper *pepper,
    unsigned char out[SARK_SHA256_BYTES], const char *secret)
    SARK_NONNULL(1, 2, 3);
/* The same as lower-case hex. */
void sark_pepper_digest(const struct sark_pepper *pepper,
    char out[SARK_SHA256_TEXT], const char *secret) SARK_NONNULL(1, 2, 3);
/* Whether a digest, of the right length or not, is mac in hex. */
bool sark_pepper_match(const unsigned char mac[SARK_SHA256_BYTES],
    const char *digest) SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
