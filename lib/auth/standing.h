#ifndef SARK_AUTH_STANDING_H
#define SARK_AUTH_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/app.h"
#include "base/attr.h"
#include "base/caller.h"
#include "base/err.h"
#include "store/effective.h"
#include "store/gate.h"
#include "store/standing.h"

/*
 * What counts now of a session or an API key (README): whether it is over,
 * and what its user is and may.  The token only says whose and which session
 * it is, the key whose and which key.
 */

/*
 * So long a standing is taken from Redis without asking again: what somebody
 * changed in the database by hand, holding no generation, counts after that.
 * While PostgreSQL is away it goes on to count, for so long at most.
 */
#define SARK_STANDING_FRESH_MS 300000
#define SARK_STANDING_MAX_MS   3600000

enum sark_standing_state {
	SARK_STANDING_GOOD = 1,
	SARK_STANDING_OVER,	/* ended, expired, or there is none */
	SARK_STANDING_DISABLED, /* the user is */
};

struct sark_standing {
	enum sark_standing_state state;
	/* of the credential: all but session_id and scopes */
	struct sark_caller who;
	struct sark_effective effective; /* that who's roles are made of */
	/* of an API key: from where; none is from anywhere */
	const char *const *networks;
	struct sark_networks *allowed; /* made of them */
	int64_t fresh_ms;	       /* until then nobody is asked again */
	int64_t until_ms;	       /* until then it counts */
	/* What it was read under; record NULL: it is not in Redis. */
	const char *generation; /* of the user */
	const char *all;	/* and of everything */
	const char *run;
	const char *record;
};

/*
 * Makes the roles and permissions of who from what of effective counts, and
 * allowed.
 */
void sark_standing_empower(const struct sark_conf *conf,
    struct sark_standing *standing) SARK_NONNULL(1, 2);

/* The place of one credential's standing in a process. */
struct sark_standing_slot {
	const char *user_id; /* UUID */
	const char *id;	     /* UUID of the session; prefix of the key */
	bool key;
	const char *words[SARK_STANDING_WORDS];
	struct sark_standing *seen; /* last, NULL: none yet */
	void *mem;		    /* of seen */
};
/* Of a session; ctx is to live as long as slot and ids, which are lent. */
void sark_standing_slot_init(void *ctx, struct sark_standing_slot *slot,
    const char *user_id, const char *id) SARK_NONNULL(1, 2, 3, 4);

/*
 * Makes the part of the gate that judges the credential of slot.  It writes
 * what it learns into caller: names, roles, teams, permissions, agent, mfa,
 * scopes, key_rate; they are good for this request.  Where the process has seen a standing before,
 * caller has that at once and true is returned: a guess to go on with, until
 * the gate is passed.
 *
 * The part refuses with INVALID_TOKEN what is over or of a disabled user;
 * with FORBIDDEN a key that may not be used from the address of caller;
 * with UNAVAILABLE or TIMEOUT where neither Redis nor PostgreSQL can say.
 */
bool sark_standing_part(struct sark_app *app, struct sark_standing_slot *slot,
    struct sark_caller *caller, struct sark_gate_part *part_r)
    SARK_NONNULL(1, 2, 3, 4);

/*
 * Has Redis remember a session that has just begun, for its first request.
 * Best effort.
 */
void sark_standing_warm(struct sark_app *app, const char *user_id,
    const char *session_id) SARK_NONNULL(1, 2, 3);

#endif
