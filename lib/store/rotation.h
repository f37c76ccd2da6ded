#ifndef SARK_STORE_ROTATION_H
#define SARK_STORE_ROTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct sark_audit_row;
struct sark_pg;

/*
 * What PostgreSQL knows of a session and of its refresh tokens.  All times
 * are judged by its clock, which every host asks.
 */
struct sark_session_state {
	const char *session_id;
	const char *user_id;
	const char *token_id;	    /* of the live token */
	const char *secret_hash;    /* of the live token's secret */
	const char *previous_id;    /* of the one before it, "" none */
	const char *previous_hash;  /* "" none */
	const char *user_agent;	    /* of the last use */
	const char *const *methods; /* RFC 8176, ended by NULL */
	int64_t mfa_time;	    /* s since the epoch, 0 without */
	int64_t created_at;	    /* ms since the epoch */
	int64_t rotated_ms;	    /* ms since the last rotation, -1 never */
	int64_t left_ms;	    /* until its live token expires */
	int64_t lifetime_left_ms;   /* until the session has to end */
	bool over;		    /* ended, or no time is left */
};

/* 1, 0 there is none, or -1.  lifetime_s is the longest one of a session. */
int sark_rotation_state(struct sark_pg *pg, void *ctx, const char *session_id,
    int64_t lifetime_s, struct sark_session_state **state_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;

/* From the live token to the next one; the same ids: it goes on. */
struct sark_rotation {
	const struct sark_session_state *from;
	const char *token_id; /* the next */
	const char *secret_hash;
	const char *client_ip;
	const char *user_agent;
	int64_t ttl_s;	    /* of the next token */
	int64_t lifetime_s; /* of the session */
};

/*
 * Makes the next token the live one and stores the event with it, in one
 * statement: of many who come with one token at once one succeeds.
 * Returns 1, or 0 if the token is no longer the live one, the session is
 * over, or its user disabled: then nothing was done.
 * Errors: those of pg.h; UNCERTAIN.
 */
int sark_rotation_make(struct sark_pg *pg, const struct sark_rotation *rotation,
    const struct sark_audit_row *event, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
