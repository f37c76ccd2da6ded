#ifndef SARK_CRYPTO_KEYLIST_H
#define SARK_CRYPTO_KEYLIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "json/writer.h"

/*
 * The list of signing keys, public/keyring.json in the folder of keys:
 *
 *	{"keys":[{"kid":"...","alg":"ES256","state":"active",
 *	  "created_at":"...","retired_at":null,"verify_until":null}]}
 *
 * Beside it lie <kid>.pub.pem; above it, for programs that sign,
 * <kid>.key.pem: who only verifies needs the folder "public" alone.
 */
#define SARK_KEY_LIST	 ".json"
#define SARK_KEY_PUBLIC	 ".pub.pem"
#define SARK_KEY_PRIVATE ".key.pem"

enum sark_key_state {
	SARK_KEY_NEXT,	  /* published, signs nothing yet */
	SARK_KEY_ACTIVE,  /* signs; at most one */
	SARK_KEY_RETIRED, /* verifies until verify_until_ms */
};

struct sark_key_entry {
	const char *kid;
	enum sark_key_state state;
	int64_t created_ms;
	int64_t retired_ms;	 /* 0: not retired */
	int64_t verify_until_ms; /* 0: not retired */
};

struct sark_keylist {
	struct sark_key_entry *keys;
	size_t count;
};

/* "next", "active" or "retired". */
const char *sark_key_state_name(enum sark_key_state state);
/* Path of a file of a key, on ctx: sark_key_path(ctx, dir, kid, SARK_KEY_PUBLIC). */
char *sark_key_path(const void *ctx, const char *dir, const char *name,
    const char *suffix) SARK_NONNULL(2, 3, 4);
/* Makes the folder of what is public, unless it is there.  Errors: CONFIG. */
int sark_key_folder(const char *dir, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Reads and checks the list, which is then on ctx: names well-formed and
 * different, at most one active key, a retired key has its two times.
 * Errors: CONFIG with path and reason.
 */
int sark_keylist_read(void *ctx, const char *dir, struct sark_keylist *list_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Replaces the list, mode 0644.  Errors: INTERNAL, CONFIG no folder for it. */
int sark_keylist_write(const char *dir, const struct sark_keylist *list,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* A key as keyring.json has it. */
void sark_key_to_json(struct sark_jw *jw, const struct sark_key_entry *key)
    SARK_NONNULL(1, 2);

#endif
