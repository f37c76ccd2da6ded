#ifndef SARK_BIN_MIGRATIONS_H
#define SARK_BIN_MIGRATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/digest.h"
#include "store/ledger.h"

/* A migration in the folder: deploy/, verify/ and revert/ have its file. */
struct migration {
	int64_t version;
	const char *name;		 /* "0001-schema" */
	char checksum[SARK_SHA256_TEXT]; /* of its deploy file */
	int64_t oldest_program;		 /* as it declares; 0: nothing */
};
struct migrations {
	const char *dir;
	size_t count;
	struct migration *items; /* items[i] has version i + 1 */
};

/*
 * Reads the folder.  A deploy file declares by a line "-- compatible: NNNN"
 * that programs made for that version or a later one work with what it
 * leaves.  Errors: CONFIG a file is missing, is not called NNNN-name.sql,
 * declares something else, or a version is missing or there twice.
 */
int migrations_read(void *ctx, const char *dir, struct migrations *migrations_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Whether what was applied is what the folder has, from the first on; it may
 * go on with newer ones that suit the programs of this folder.
 * Errors: CONFIG with the name of the first migration that was changed, is
 * unknown here, or was left out.
 */
int migrations_agree(const struct migrations *migrations,
    const struct sark_ledger *ledger, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
