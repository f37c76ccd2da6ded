#include "serve/authenticate.h"

#include <stdbool.h>

#include "auth/apikey_use.h"
#include "auth/bearer.h"
#include "auth/standing.h"
#include "base/mem.h"
#include "http/access.h"
#include "serve/limits.h"
#include "store/gate.h"

/* Who was guessed, to be looked at again when he is another. */
struct guess {
	const struct sark_route *route;
	const struct sark_caller *caller;
};

static int
may_now(void *arg, struct sark_err *err)
{
	const struct guess *guess = arg;

	return sark_access_check(guess->route, guess->caller, err);
}

static void
defer(struct sark_app *app, const struct sark_route *route,
    const struct sark_caller *caller)
{
	struct guess *guess = sark_new(app->mem, struct guess);

	guess->route = route;
	guess->caller = caller;
	app->gate->again = may_now;
	app->gate->arg = guess;
}

/*
 * A session that was seen to be over stays over: it is a stranger's, and
 * whoever has its token does not use up the limit of its user.
 */
static bool
counts(const struct sark_route *route, const struct sark_standing_slot *slot)
{
	return route->limit == SARK_LIMIT_USER &&
	    (slot->seen == NULL || slot->seen->state == SARK_STANDING_GOOD);
}

static int
verify(struct sark_app *app, const struct sark_credential *credential,
    struct sark_caller *caller, struct sark_standing_slot **slot_r,
    struct sark_err *err)
{
	if (credential->api_key != NULL)
		return sark_auth_apikey(
		    app, credential->api_key, caller, slot_r, err);
	if (credential->bearer != NULL)
		return sark_auth_bearer(
		    app, credential->bearer, caller, slot_r, err);
	return sark_err_set(err, SARK_UNAUTHENTICATED, "no credential");
}

int
sark_authenticate(struct sark_app *app, const struct sark_route *route,
    const struct sark_credential *credential, struct sark_caller *caller,
    struct sark_err *err)
{
	struct sark_gate *gate;
	struct sark_standing_slot *slot;
	bool guessed;

	if (verify(app, credential, caller, &slot, err) == -1)
		return -1;
	gate = sark_new(app->mem, struct sark_gate);
	guessed =
	    sark_standing_part(app, slot, caller, &gate->parts[gate->count++]);
	if (counts(route, slot) &&
	    sark_limits_part(app, caller, &gate->parts[gate->count]))
		gate->count++;
	app->gate = gate;
	/* A kept answer is none of the handler's. */
	if (route->passes && !route->creates && guessed) {
		defer(app, route, caller);
		return 0;
	}
	return sark_gate_pass(app, err) == SARK_GATE_REFUSED ? -1 : 0;
}
