#ifndef SARK_CRYPTO_KEYFILE_H
#define SARK_CRYPTO_KEYFILE_H

#include "base/attr.h"
#include "base/err.h"

/* A secret key in a file of its own. */
#define SARK_KEYFILE_BYTES 32

/*
 * Reads a key: 32 bytes as 64 hex digits, and perhaps a newline.  One that
 * is the same byte all over is none.  ctx is for scratch, wiped afterwards.
 * Errors: CONFIG, also for a file that others may read.
 */
int sark_keyfile_read(void *ctx, const char *path,
    unsigned char key_r[SARK_KEYFILE_BYTES], struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;

#endif
