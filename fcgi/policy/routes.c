#include "routes.h"

#include <stddef.h>

#define AT(member) offsetof(struct sark_question, member)

/* clang-format off */
static const struct sark_field question[] = {
	{ "/action", SARK_TEXT, AT(action), 3, 200, SARK_REQUIRED },
	{ "/tool", SARK_TEXT, AT(tool), 1, 200 },
	{ "/server_id", SARK_UUID, AT(server_id) },
	{ "/resource", SARK_ANY, AT(resource) },
	{ "/parameters", SARK_OBJECT, AT(parameters), 0, 1000 },
	{ "/context", SARK_OBJECT, AT(context), 0, 200 },
	{ "/user_id", SARK_UUID, AT(user_id) },
	{ "/explain", SARK_BOOL, AT(explain) },
	{ NULL }
};
static const struct sark_input question_in = { question, sizeof(struct sark_question) };

/* The area writes the decision's own event. */
const struct sark_route policy_routes[] = {
	{ SARK_POST, "/api/v1/policy/evaluate", SARK_MAY("policy:evaluate"),
	  &question_in, post_evaluate, "policy_decision", SARK_LIMIT_USER, 0, .passes = true },
	{ SARK_GET, "/api/v1/policy", SARK_MAY("policy:read"),
	  NULL, get_policy, NULL, SARK_LIMIT_USER, 0 },
	{ 0 }
};
/* clang-format on */
