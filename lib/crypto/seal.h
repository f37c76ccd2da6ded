#ifndef SARK_CRYPTO_SEAL_H
#define SARK_CRYPTO_SEAL_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Seals data at rest: AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce
 * for each value, the place of the value (its key in the store) as
 * associated data so that a value moved elsewhere does not open.
 * Text form: base64url of version byte 1, nonce, ciphertext, tag.
 * Also authenticates texts that are not secret (cursors).
 */
struct sark_seal;

/* Reads the key file: 32 bytes as 64 hex digits.  Errors: CONFIG. */
int sark_seal_open_key(void *ctx, const char *path, struct sark_seal **seal_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Sealed text on ctx. */
char *sark_seal_close(const struct sark_seal *seal, void *ctx, const void *data,
    size_t len, const char *place) SARK_NONNULL(1, 3, 5);
/* Returns 1 and the data, 0 if it was not sealed by this key for place. */
int sark_seal_unseal(const struct sark_seal *seal, void *ctx, const char *text,
    const char *place, char **data_r, size_t *len_r)
    SARK_NONNULL(1, 3, 4, 5, 6) SARK_CHECKED;
/*
 * An authenticated text: base64url(text) "." base64url(first 16 bytes of
 * HMAC-SHA-256 under a key derived for purpose).
 */
char *sark_seal_sign(const struct sark_seal *seal, void *ctx,
    const char *purpose, const char *text) SARK_NONNULL(1, 3, 4);
/*
 * The same mark alone, of n bytes: those bytes of the HMAC.  Equal marks are
 * to be compared by sark_secret_eq.
 */
#define SARK_SEAL_MARK_BYTES 16
void sark_seal_mark(const struct sark_seal *seal, const char *purpose,
    const void *data, size_t n, unsigned char mark_r[SARK_SEAL_MARK_BYTES])
    SARK_NONNULL(1, 2, 3, 5);
/* Returns 1 and the text, 0 if it was not signed by this key for purpose. */
int sark_seal_verify(const struct sark_seal *seal, void *ctx,
    const char *purpose, const char *signed_text, char **text_r)
    SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

#endif
