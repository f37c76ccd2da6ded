#ifndef SARK_CRYPTO_PASSWORD_H
#define SARK_CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Longest password in bytes; the bytes count exactly as they came. */
#define SARK_PASSWORD_MAX 1024
/* Room for a hash as text and its NUL. */
#define SARK_PASSWORD_TEXT 128

/* What one Argon2id hash (RFC 9106) may cost; one lane. */
struct sark_password_cost {
	int64_t memory_kib; /* at least 8 */
	int64_t passes;	    /* at least 1 */
};

/*
 * Hashes at most SARK_PASSWORD_MAX bytes with a new random salt into the
 * usual text form ("$argon2id$v=19$m=...").  Ends the process if the memory
 * of the cost cannot be had.
 */
void sark_password_hash(char out[SARK_PASSWORD_TEXT], const char *password,
    size_t len, const struct sark_password_cost *cost) SARK_NONNULL(1, 2, 4);
/*
 * Returns 1 if the hash is of this password, 0 if not; *rehash_r says
 * whether a parameter of the hash is below cost.  hash NULL, or no Argon2id
 * hash at all, takes the time of a wrong password and gives 0: so that
 * nobody can tell an unknown user from a wrong password.
 */
int sark_password_verify(const char *hash, const char *password, size_t len,
    const struct sark_password_cost *cost, bool *rehash_r)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;

#endif
