#include "auth/catalogue.h"

#include <stddef.h>

#include "base/permission.h"

/* clang-format off */
const struct sark_permission sark_permissions[] = {
	{ "apikey:read:any", "see the API keys of others" },
	{ "apikey:write:any", "make, change and end API keys of others" },
	{ "audit:read", "search the audit trail" },
	{ "health:read", "see latencies and depths" },
	{ "policy:evaluate", "ask for decisions about oneself" },
	{ "policy:evaluate:any", "ask for decisions about others" },
	{ "policy:read", "see the policy's state" },
	{ "policy:write", "change the policy, empty the decision cache" },
	{ "rate:bypass", "ask without a limit to the rate" },
	{ "role:read", "see roles and bindings" },
	{ "role:write", "make roles, bind and unbind them" },
	{ "server:read", "see servers" },
	{ "server:register", "register servers" },
	{ "task:read", "see tasks" },
	{ "task:submit", "submit tasks" },
	{ "token:introspect", "ask what a token of anybody is" },
	{ "token:revoke", "end the session of a token of anybody" },
	{ "tool:read", "see tools" },
	{ "tool:sensitivity", "set how sensitive a tool is" },
	{ "user:read", "see users" },
	{ "user:write", "make, change and disable users" },
	{ NULL, NULL },
};
/* clang-format on */

bool
sark_permission_known(const char *permission)
{
	const struct sark_permission *p;

	/* "*" and "audit:*" cover a word; "aud*" is only itself. */
	for (p = sark_permissions; p->word != NULL; p++)
		if (sark_permission_covers(permission, p->word))
			return true;
	return false;
}
