#ifndef SARK_STORE_ATTEMPTS_H
#define SARK_STORE_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypto/digest.h"

struct sark_pg;
struct sark_tx;

/*
 * Logins that failed, of an account from a network: an IPv4 address or an
 * IPv6 /64.  From a network that its user has come from in the last 90 days
 * only what failed there counts; from any other also what failed from all of
 * those together.  Errors of all: those of pg.h.
 */
struct sark_attempt {
	char account[SARK_SHA256_TEXT]; /* of the normal user name */
	const char *client_ip;		/* canonical, "" unknown */
};

/* 1 if it has to wait, 0 if not. */
int sark_attempts_locked(struct sark_pg *pg, const struct sark_attempt *attempt,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

/* When a failure makes the next ones wait, twice as long each time from 1 s. */
struct sark_attempt_limits {
	int64_t network_after; /* failures in a row from one network */
	int64_t account_after; /* from all that are not known */
	int64_t max_s;
};
struct sark_attempt_lock {
	bool everywhere; /* on every network that is not known */
	int64_t failures;
	int64_t seconds;
};
/*
 * Counts a failure, unless it was to wait: that writes as much, and counts
 * nothing.  What it locked is in locks_r, at most 2; returns how many, or -1.
 */
int sark_attempts_failed(struct sark_pg *pg, const struct sark_attempt *attempt,
    const struct sark_attempt_limits *limits,
    struct sark_attempt_lock locks_r[2], struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 5) SARK_CHECKED;
/*
 * A login that is right: 1, and what failed before is forgotten and the
 * network known; 0 if it has to wait, so that of many at once none slips in.
 */
int sark_attempts_passed(struct sark_tx *tx, const struct sark_attempt *attempt,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Forgets all that failed. */
int sark_attempts_unlock(struct sark_tx *tx, const char *account,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
