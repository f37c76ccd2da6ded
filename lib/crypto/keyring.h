#ifndef SARK_CRYPTO_KEYRING_H
#define SARK_CRYPTO_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/keylist.h"
#include "crypto/keypair.h"

/*
 * The signing keys in memory.  A program that only verifies never reads a
 * private key.  keyring.json is looked at at most once a second, and when an
 * unknown key is asked for; when it changed the keys are read again.  If the
 * new ones are bad the old ones stay, and one line in the log says so.  What
 * find and active lend is good until the next call of either.
 */
struct sark_keyring;

struct sark_es256;

struct sark_key {
	struct sark_key_entry entry;
	struct sark_p256_point point;
	struct sark_es256 *verifier;
	struct sark_es256 *signer; /* the active one's, if signing */
};

/*
 * Reads the keys of dir.  signing: also the private key of the active one,
 * of which there must then be exactly one.
 * Errors: CONFIG: no keys, a bad file, a private key that others can read or
 * that does not fit its public one.
 */
int sark_keyring_open(void *ctx, const char *dir, bool signing,
    struct sark_keyring **ring_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;
/*
 * Changes whenever other keys are read; never 0.  Looks at the folder
 * first, so what was verified under another generation is to be verified
 * again.
 */
uint64_t sark_keyring_generation(struct sark_keyring *ring) SARK_NONNULL(1);
/* The key of this name if it verifies at now_ms, else NULL. */
const struct sark_key *sark_keyring_find(struct sark_keyring *ring,
    const char *kid, int64_t now_ms) SARK_NONNULL(1, 2);
/* The key that signs; NULL in a program that only verifies. */
const struct sark_key *sark_keyring_active(struct sark_keyring *ring)
    SARK_NONNULL(1);
/* JWK Set (RFC 7517 section 5) of the keys that verify at now_ms. */
void sark_keyring_jwks(struct sark_keyring *ring, int64_t now_ms,
    struct sark_buf *out) SARK_NONNULL(1, 3);

#endif
