#ifndef SARK_CRYPTO_KEYPAIR_H
#define SARK_CRYPTO_KEYPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Bytes of one coordinate of a point on P-256 (FIPS 186-4 D.1.2.3). */
#define SARK_P256_BYTES 32
/* Longest name of a key. */
#define SARK_KID_MAX 64

struct sark_p256_point {
	unsigned char x[SARK_P256_BYTES];
	unsigned char y[SARK_P256_BYTES];
};

/* Whether a key's name is 1..SARK_KID_MAX of [A-Za-z0-9_-]. */
bool sark_kid_valid(const char *kid) SARK_NONNULL(1);
/*
 * A new P-256 key pair for ES256 (RFC 7518 section 3.4) as PEM texts on ctx:
 * PKCS #8, wiped when freed, and SubjectPublicKeyInfo.  Errors: INTERNAL.
 */
int sark_keypair_make(void *ctx, char **private_r, char **public_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Reads a public key's PEM; only a point on P-256 will do.
 * Errors: CONFIG.
 */
int sark_keypair_point(const char *public_pem, struct sark_p256_point *point_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Whether the two PEM texts are halves of one P-256 key. */
bool sark_keypair_match(const char *private_pem, const char *public_pem)
    SARK_NONNULL(1, 2);

/* OpenSSL's key of a PEM, the caller's to free; NULL if not on P-256. */
struct evp_pkey_st *sark_keypair_public(const char *public_pem)
    SARK_NONNULL(1) SARK_CHECKED;
struct evp_pkey_st *sark_keypair_private(const char *private_pem)
    SARK_NONNULL(1) SARK_CHECKED;

#endif
