#include "auth/apikey_new.h"

#include <stdio.h>

#include "audit/event.h"
#include "auth/apikey.h"
#include "auth/rbac.h"
#include "auth/scope.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/networks.h"
#include "base/permission.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/pepper.h"
#include "json/writer.h"
#include "store/pg.h"
#include "store/users.h"

#define DAY_MS (24 * INT64_C(3600) * 1000)

int
sark_apikey_check_networks(const char *const *networks, struct sark_err *err)
{
	char pointer[40];
	size_t i;

	for (i = 0; networks != NULL && networks[i] != NULL; i++) {
		if (sark_network_valid(networks[i]))
			continue;
		snprintf(pointer, sizeof(pointer), "/allowed_networks/%zu", i);
		sark_err_field(err, pointer, "is no address or network");
	}
	return err->code == SARK_OK ? 0 : -1;
}

int
sark_apikey_check_rate(const struct sark_app *app,
    const struct sark_caller *caller, int64_t rate, struct sark_err *err)
{
	int64_t most = app->conf->rate_api_key;

	if (rate == 0 || most == 0 || rate <= most ||
	    sark_permission_at(caller, SARK_APIKEY_WRITE_ANY, NULL))
		return 0;
	return sark_err_set(err, SARK_FORBIDDEN,
	    "more than %lld requests a minute need the permission %s",
	    (long long)most, SARK_APIKEY_WRITE_ANY);
}

/* A key acts as its owner: who has its secret may what he may. */
static int
may_act_as(const struct sark_caller *caller, const char *const *permissions,
    struct sark_err *err)
{
	if (!sark_permission_at(caller, SARK_APIKEY_WRITE_ANY, NULL))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission %s is required", SARK_APIKEY_WRITE_ANY);
	for (; *permissions != NULL; permissions++)
		if (!sark_permission_at(caller, *permissions, NULL))
			return sark_err_set(err, SARK_FORBIDDEN,
			    "its owner may %.100s, and you may not",
			    *permissions);
	return 0;
}

int
sark_apikey_check_owner(struct sark_app *app, const struct sark_caller *caller,
    const char *user_id, const char **username_r, struct sark_err *err)
{
	struct sark_user *user;
	int found;

	*username_r = caller->username;
	if (sark_str_eq(user_id, caller->user_id))
		return 0;
	/* Who may not ask does not learn who there is. */
	if (!sark_permission_at(caller, SARK_APIKEY_WRITE_ANY, NULL))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission %s is required", SARK_APIKEY_WRITE_ANY);
	found = sark_users_by_id(app->pg, app->mem, user_id, &user, err);
	if (found == -1)
		return -1;
	if (found == 0 || user->disabled_at != 0)
		return sark_err_field(
		    err, "/user_id", "there is no such active user");
	*username_r = user->username;
	return may_act_as(
	    caller, sark_rbac_effective(app->mem, &user->effective), err);
}

int
sark_apikey_text(
    struct sark_app *app, struct sark_key_text *text_r, struct sark_err *err)
{
	if (app->pepper == NULL)
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "no pepper for API keys: sark-keys pepper");
	sark_key_text_make(app->mem, app->conf->apikey_environment, text_r);
	return 0;
}

struct sark_apikey_secret
sark_apikey_secret_of(struct sark_app *app, const struct sark_key_text *text)
{
	char *digest = sark_new_array(app->mem, char, SARK_SHA256_TEXT);

	sark_pepper_digest(app->pepper, digest, text->text);
	return (struct sark_apikey_secret){ text->prefix, digest };
}

int
sark_apikey_draft(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_new_apikey *in, struct sark_apikey **key_r,
    struct sark_key_text *text_r, struct sark_err *err)
{
	static const char *const none[] = { NULL };
	struct sark_apikey *key = sark_new(app->mem, struct sark_apikey);
	int64_t now = caller->time_ns / 1000000;

	key->user_id = in->user_id != NULL ? in->user_id : caller->user_id;
	if (sark_apikey_check_networks(in->networks, err) == -1 ||
	    sark_apikey_check_owner(
		app, caller, key->user_id, &key->username, err) == -1 ||
	    sark_scopes_check(app->mem, app->conf, caller, in->scopes,
		&key->scopes, err) == -1 ||
	    sark_apikey_check_rate(app, caller, in->rate_limit, err) == -1 ||
	    sark_apikey_text(app, text_r, err) == -1)
		return -1;
	sark_uuid_make(key->key_id);
	key->name = in->name;
	key->description = in->description != NULL ? in->description : "";
	key->prefix = text_r->prefix;
	key->networks = in->networks != NULL ? in->networks : none;
	key->rate_limit = in->rate_limit;
	key->created_by = caller->username;
	key->created_at = key->updated_at = now;
	key->expires_at = in->days != 0 ? now + in->days * DAY_MS : 0;
	*key_r = key;
	return 0;
}

static const char *
detail_of(void *ctx, const struct sark_apikey *key)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, ctx);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "name", key->name);
	sark_jw_str(&jw, "user_id", key->user_id);
	sark_jw_str(&jw, "username", key->username);
	sark_jw_str(&jw, "key_prefix", key->prefix);
	sark_jw_list(&jw, "scopes", key->scopes);
	sark_jw_list(&jw, "allowed_networks", key->networks);
	if (key->rate_limit != 0)
		sark_jw_int(&jw, "rate_limit", key->rate_limit);
	if (key->expires_at != 0)
		sark_jw_time(&jw, "expires_at", key->expires_at);
	sark_jw_bool(&jw, "is_active", key->disabled_at == 0 && !key->expired);
	sark_jw_close(&jw);
	return buf.data;
}

int
sark_apikey_record(struct sark_app *app, struct sark_tx *tx,
    const struct sark_caller *caller, const char *type,
    const struct sark_apikey *key, struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, caller, type);
	event.severity = SARK_SEVERITY_MEDIUM;
	event.action = "apikey:write";
	event.resource = key->key_id;
	event.detail = detail_of(app->mem, key);
	return sark_audit_in(tx, &event, err);
}

static int
insert(struct sark_tx *tx, const struct sark_apikey *key,
    const struct sark_apikey_secret *secret, struct sark_err *err)
{
	int64_t count;

	if (sark_apikeys_count(tx, key->user_id, &count, err) == -1)
		return -1;
	if (count >= SARK_APIKEYS_MAX)
		return sark_err_set(err, SARK_CONFLICT,
		    "nobody has more than %d API keys", SARK_APIKEYS_MAX);
	return sark_apikeys_insert(tx, key, secret, err);
}

static int
try_create(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_apikey *key, const struct sark_apikey_secret *secret,
    struct sark_err *err)
{
	struct sark_tx tx;
	int ret = -1;

	if (sark_tx_begin(&tx, app->pg, err) == -1)
		return -1;
	if (insert(&tx, key, secret, err) == 0 &&
	    sark_apikey_record(app, &tx, caller, "api_key_created", key, err) ==
		0)
		ret = sark_tx_commit(&tx, err);
	sark_tx_end(&tx);
	return ret;
}

int
sark_apikey_create(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_apikey *key, const struct sark_key_text *text,
    struct sark_err *err)
{
	struct sark_apikey_secret secret = sark_apikey_secret_of(app, text);
	int ret, tries = 0;

	do
		ret = try_create(app, caller, key, &secret, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	return ret;
}
