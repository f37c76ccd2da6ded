#include "auth/apikey_use.h"

#include "auth/key_text.h"
#include "auth/rbac.h"
#include "auth/scope.h"
#include "base/mem.h"
#include "base/networks.h"
#include "conf/conf.h"
#include "crypto/pepper.h"
#include "store/apikeys.h"

/* Nobody's: what a key that there is not is compared with. */
#define NO_DIGEST \
	"0000000000000000000000000000000000000000000000000000000000000000"

static int
check_state(const struct sark_apikey_facts *facts, struct sark_err *err)
{
	if (facts->revoked || facts->suspended)
		return sark_err_set(err, SARK_INVALID_TOKEN, "API key: %s",
		    facts->revoked ? "revoked" : "suspended");
	if (facts->disabled)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "API key: its owner is disabled");
	if (facts->expired)
		return sark_err_set(
		    err, SARK_TOKEN_EXPIRED, "API key: expired");
	return 0;
}

static int
check_address(struct sark_app *app, const struct sark_apikey_facts *facts,
    const char *address, struct sark_err *err)
{
	struct sark_networks *networks;

	if (*facts->networks == NULL)
		return 0;
	if (sark_networks_make(app->mem, facts->networks, &networks, err) == -1)
		return -1;
	if (!sark_networks_hold(networks, address))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "this API key may not be used from your address");
	return 0;
}

static void
fill(struct sark_app *app, struct sark_caller *caller,
    const struct sark_apikey_facts *facts)
{
	const struct sark_effective *effective = &facts->effective;

	caller->email = facts->email;
	caller->name = facts->name;
	caller->provider = facts->provider;
	caller->roles = effective->roles;
	caller->teams = facts->teams;
	caller->managed_teams = facts->managed_teams;
	caller->agent = facts->agent;
	caller->scopes = facts->scopes;
	caller->scoped = sark_rbac_scoped(app->mem, effective->scoped);
	caller->permissions = sark_scopes_permit(app->mem, facts->scopes,
	    effective->roles, sark_rbac_effective(app->mem, effective));
	caller->key_rate = facts->rate_limit;
}

int
sark_auth_apikey(struct sark_app *app, const char *text,
    struct sark_caller *caller, struct sark_err *err)
{
	char prefix[SARK_KEY_PREFIX_TEXT];
	struct sark_apikey_facts *facts = NULL;
	int found;

	/* What no key of ours can be costs nobody a question. */
	if (sark_key_text_parse(text, app->conf->apikey_environment, prefix) !=
	    1)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "API key: not one of ours");
	if (app->pepper == NULL || app->pg == NULL)
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "API keys cannot be verified without their pepper");
	found = sark_apikeys_find(app->pg, app->mem, prefix, &facts, err);
	if (found == -1)
		return -1;
	/* In the same time whether there is such a prefix or not. */
	if (!sark_pepper_match(
		app->pepper, found == 1 ? facts->digest : NO_DIGEST, text))
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "API key: unknown");
	/* Who it is is known by now, also for the record of a refusal. */
	caller->user_id = facts->user_id;
	caller->username = facts->username;
	caller->key_id = facts->key_id;
	if (check_state(facts, err) == -1 ||
	    check_address(app, facts, caller->client_ip, err) == -1)
		return -1;
	fill(app, caller, facts);
	return 0;
}
