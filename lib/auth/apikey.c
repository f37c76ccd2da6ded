#include "auth/apikey.h"

#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"
#include "crypto/seal.h"

#define PAGE_DEFAULT 50
/* What a cursor is signed for: one of another list does not pass. */
#define CURSOR "cursor:api-keys"

/* The keys of a user; NULL: of everybody. */
static bool
may_see(const struct sark_caller *caller, const char *user_id)
{
	return (user_id != NULL && sark_str_eq(caller->user_id, user_id)) ||
	    sark_permission_at(caller, SARK_APIKEY_READ_ANY, NULL);
}

int
sark_apikey_get(struct sark_app *app, const struct sark_caller *caller,
    const char *key_id, struct sark_apikey **key_r, struct sark_err *err)
{
	int found = 0;

	if (sark_uuid_valid(key_id))
		found = sark_apikeys_get(app->pg, app->mem, key_id, key_r, err);
	if (found == -1)
		return -1;
	if (found == 0 || !may_see(caller, (*key_r)->user_id))
		return sark_err_set(err, SARK_NOT_FOUND, "no such API key");
	return 0;
}

int
sark_apikey_list(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_apikey_query *query, struct sark_apikey_page *page_r,
    struct sark_err *err)
{
	int64_t limit = query->limit != 0 ? query->limit : PAGE_DEFAULT;
	/* One more says whether there is more. */
	struct sark_apikey_filter filter = { .limit = limit + 1 };
	struct sark_apikeys *keys = &page_r->keys;
	char *before = NULL;

	if (!query->everybody)
		filter.user_id =
		    query->user_id != NULL ? query->user_id : caller->user_id;
	if (!may_see(caller, filter.user_id))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission %s is required", SARK_APIKEY_READ_ANY);
	if (query->cursor != NULL &&
	    sark_seal_verify(
		app->seal, app->mem, CURSOR, query->cursor, &before) != 1)
		return sark_err_set(
		    err, SARK_INVALID_CURSOR, "the cursor is not one of ours");
	filter.before_id = before;
	if (sark_apikeys_list(app->pg, app->mem, &filter, keys, err) == -1)
		return -1;
	page_r->next_cursor = NULL;
	if (keys->count > (size_t)limit) {
		keys->count = (size_t)limit;
		page_r->next_cursor = sark_seal_sign(
		    app->seal, app->mem, CURSOR, keys->items[limit - 1].key_id);
	}
	return 0;
}

static void
write_settings(struct sark_jw *jw, const struct sark_apikey *key)
{
	sark_jw_str(jw, "id", key->key_id);
	sark_jw_str(jw, "user_id", key->user_id);
	sark_jw_str(jw, "username", key->username);
	sark_jw_str(jw, "name", key->name);
	if (*key->description != '\0')
		sark_jw_str(jw, "description", key->description);
	sark_jw_str(jw, "key_prefix", key->prefix);
	sark_jw_list(jw, "scopes", key->scopes);
	sark_jw_list(jw, "allowed_networks", key->networks);
	if (key->rate_limit != 0)
		sark_jw_int(jw, "rate_limit", key->rate_limit);
	else
		sark_jw_null(jw, "rate_limit");
	sark_jw_bool(jw, "is_active", key->disabled_at == 0 && !key->expired);
	sark_jw_str(jw, "created_by", key->created_by);
	sark_jw_time(jw, "created_at", key->created_at);
	sark_jw_time(jw, "updated_at", key->updated_at);
	sark_jw_time(jw, "expires_at", key->expires_at);
}

void
sark_apikey_to_json(
    struct sark_jw *jw, const char *name, const struct sark_apikey *key)
{
	sark_jw_open(jw, name, '{');
	write_settings(jw, key);
	sark_jw_time(jw, "last_used_at", key->last_used_at);
	sark_jw_int(jw, "usage_count", key->usage_count);
	sark_jw_close(jw);
}

void
sark_apikey_version(
    void *ctx, const struct sark_apikey *key, char version[SARK_VERSION_TEXT])
{
	struct sark_buf text;
	struct sark_jw jw;

	sark_buf_init(&text, ctx);
	sark_jw_init(&jw, &text);
	sark_jw_open(&jw, NULL, '{');
	write_settings(&jw, key);
	sark_jw_close(&jw);
	sark_version_of(version, text.data, text.len);
}
