#ifndef SARK_CRYPTO_KEYCHANGE_H
#define SARK_CRYPTO_KEYCHANGE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * The life of signing keys: made (next), rotated in (active), rotated out
 * (retired: verifies until its last token has expired, its private half is
 * gone at once), forgotten.  Files are there before the list names them and
 * go after it has stopped to, so that a reader at any moment, or one after a
 * crash, finds what the list says.  The caller holds a lock.
 */
struct sark_keychange {
	const char *dir;
	int64_t now_ms;
	/* how long a key verifies after it stopped signing */
	int64_t verify_ms;
};

/*
 * Makes the first key, active; or, if there are keys, one that is next,
 * unless there is one already.  Errors: CONFIG, INTERNAL.
 */
int sark_keychange_make(const struct sark_keychange *change,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Retires the active key; the next one, or else a new one, becomes active.
 * Keys that have ceased to verify are forgotten.
 */
int sark_keychange_rotate(const struct sark_keychange *change,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Ends a key now, and with it every token that it signed.
 * Errors: NOT_FOUND; CONFLICT it is the active key: rotate first.
 */
int sark_keychange_retire(const struct sark_keychange *change, const char *kid,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/*
 * Writes a secret into a folder whose group, if the folder is open to it,
 * may read it: mode 0640, else 0600.
 */
int sark_keychange_store_secret(const char *path, const char *text,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
