#ifndef SARK_SERVE_LIMITS_H
#define SARK_SERVE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "http/limit.h"
#include "store/gate.h"

/*
 * Rate limits, by what a request shows (the settings rate_*):
 *
 *	tier		counts by		requests
 *	user		user			of a session
 *	key		API key			of a key; its own limit goes first
 *	address		client address		without a credential, or with one
 *						that is not good
 *	login_network	client address		that log in
 *	login_account	user name and address	the same
 *
 * An IPv6 address counts as its /64.  Who may SARK_LIMIT_BYPASS has no limit
 * as a user.  Routes of SARK_LIMIT_HEALTH are never counted.
 *
 * Redis away: a login is refused (its error); others have their worker's
 * share of the limit (share.h), which the log says once, as limits_shared and
 * limits_whole; a plain CGI process, which cannot count, refuses (503).
 *	sark_rate_limited_total{program,tier}
 *	sark_rate_shared_total{program}
 */
#define SARK_LIMIT_BYPASS "rate:bypass"

struct sark_limiter;

/* workers: those of this program; 0: a process that serves one request. */
struct sark_limiter *sark_limiter_new(struct sark_app *app, int64_t workers)
    SARK_NONNULL(1) __attribute__((returns_nonnull));
/*
 * Counts a login or a stranger's request: the limit of struct sark_dispatch.
 * Errors: RATE_LIMITED; of a login UNAVAILABLE, TIMEOUT.
 */
int sark_limits_count(struct sark_app *app, enum sark_limit_as as,
    const struct sark_req *req, struct sark_err *err)
    SARK_NONNULL(1, 3, 4) SARK_CHECKED;
/*
 * Makes the part of the gate that counts somebody who is known, to stand
 * behind the one that says what he may, as caller has it then.  It refuses
 * with RATE_LIMITED.  Returns false where he is not to be counted.
 */
bool sark_limits_part(struct sark_app *app, const struct sark_caller *caller,
    struct sark_gate_part *part_r) SARK_NONNULL(1, 2, 3);

#endif
