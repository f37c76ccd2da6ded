#ifndef SARK_STORE_IDEMPOTENCY_H
#define SARK_STORE_IDEMPOTENCY_H

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;
struct sark_tx;

/*
 * Answers kept by Idempotency-Key.  A key is claimed at the beginning of the
 * transaction that does what the request asks for, its answer is kept at the
 * end, and both are there exactly if that transaction commits.  A row older
 * than 24 hours counts as absent; sark-expire(8) removes it.
 */
struct sark_idempotency {
	const char *caller_id;	    /* UUID */
	const char *route;	    /* "POST /api/v1/servers" */
	const char *key_digest;	    /* SHA-256, hex */
	const char *request_digest; /* of method, path and body, hex */
};

struct sark_kept_answer {
	const char *request_digest;
	int status;
	const char *answer; /* as it was given to keep */
};

/*
 * Returns 1 if the key is now this transaction's, 0 if another has committed
 * under it; waits for one that is not done yet.
 * Errors: TIMEOUT that one took too long; those of pg.h.
 */
int sark_idempotency_claim(struct sark_tx *tx,
    const struct sark_idempotency *key, struct sark_err *err)
    SARK_NONNULL(1, 2, 3) SARK_CHECKED;
int sark_idempotency_keep(struct sark_tx *tx,
    const struct sark_idempotency *key, int status, const char *answer,
    struct sark_err *err) SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* What was committed under the key, on ctx: 1, 0 or -1. */
int sark_idempotency_find(struct sark_pg *pg, void *ctx,
    const struct sark_idempotency *key, struct sark_kept_answer *kept_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

#endif
