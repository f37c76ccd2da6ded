#include "api_key_input.h"

#include <stddef.h>

#include "auth/apikey_change.h"
#include "auth/apikey_new.h"
#include "auth/scope.h"

#define AT(type, member) offsetof(struct type, member)

/* POST /api/v1/api-keys/{id}/rotate: its handler knows an absent 0. */
struct rotate_body {
	int64_t overlap_s;
};

/* clang-format off */
static const struct sark_field api_key_list[] = {
	{ "user_id", SARK_UUID, AT(api_keys_query, user_id) },
	{ "all", SARK_BOOL, AT(api_keys_query, all) },
	{ "limit", SARK_INT, AT(api_keys_query, limit), 1, 200 },
	{ "cursor", SARK_TEXT, AT(api_keys_query, cursor), 1, 1000 },
	{ NULL }
};
static const struct sark_field api_key_new[] = {
	{ "/name", SARK_TEXT, AT(sark_new_apikey, name), 1, 100, SARK_REQUIRED },
	{ "/scopes", SARK_WORDS, AT(sark_new_apikey, scopes), 1, SARK_SCOPES_MAX,
	  SARK_REQUIRED },
	{ "/description", SARK_TEXT, AT(sark_new_apikey, description), 0, 1000 },
	{ "/rate_limit", SARK_INT, AT(sark_new_apikey, rate_limit), 1,
	  SARK_APIKEY_RATE_MAX },
	{ "/expires_in_days", SARK_INT, AT(sark_new_apikey, days), 1,
	  SARK_APIKEY_DAYS_MAX },
	{ "/allowed_networks", SARK_WORDS, AT(sark_new_apikey, networks), 0,
	  SARK_APIKEY_NETWORKS_MAX },
	{ "/user_id", SARK_UUID, AT(sark_new_apikey, user_id) },
	{ NULL }
};
static const struct sark_field api_key_change[] = {
	{ "/name", SARK_TEXT, AT(sark_apikey_change, name), 1, 100 },
	{ "/scopes", SARK_WORDS, AT(sark_apikey_change, scopes), 1,
	  SARK_SCOPES_MAX },
	{ "/description", SARK_TEXT, AT(sark_apikey_change, description), 0, 1000 },
	{ "/rate_limit", SARK_INT, AT(sark_apikey_change, rate_limit), 1,
	  SARK_APIKEY_RATE_MAX },
	{ "/expires_in_days", SARK_INT, AT(sark_apikey_change, days), 1,
	  SARK_APIKEY_DAYS_MAX },
	{ "/allowed_networks", SARK_WORDS, AT(sark_apikey_change, networks), 0,
	  SARK_APIKEY_NETWORKS_MAX },
	{ "/is_active", SARK_BOOL, AT(sark_apikey_change, active) },
	{ NULL }
};
static const struct sark_field api_key_rotate[] = {
	{ "/overlap_seconds", SARK_INT, AT(rotate_body, overlap_s), 0,
	  SARK_OVERLAP_MAX_S },
	{ NULL }
};

const struct sark_input api_key_list_in = { api_key_list, sizeof(struct api_keys_query) };
const struct sark_input api_key_new_in = { api_key_new, sizeof(struct sark_new_apikey) };
const struct sark_input api_key_change_in = { api_key_change,
	sizeof(struct sark_apikey_change) };
const struct sark_input api_key_rotate_in = { api_key_rotate, sizeof(struct rotate_body) };
/* clang-format on */
