#include "auth/apikey_change.h"

#include "auth/apikey.h"
#include "auth/apikey_new.h"
#include "auth/scope.h"
#include "base/mem.h"
#include "base/permission.h"
#include "base/str.h"
#include "store/generations.h"
#include "store/pg.h"

#define DAY_MS (24 * INT64_C(3600) * 1000)

/* A change of one key on its way. */
struct work {
	struct sark_app *app;
	const struct sark_caller *caller;
	const char *const *versions;
	const char *event;
	int (*apply)(struct work *, struct sark_tx *, struct sark_err *);
	struct sark_apikey *key; /* before, under the lock, after */
	/* what apply needs */
	const struct sark_apikey_change *change;
	const char *const *scopes; /* checked; NULL: they stay */
	const struct sark_apikey_rotation *rotation;
};

/* The key, if the caller may change it; seen without permission: forbidden. */
static int
find(struct work *work, const char *key_id, struct sark_err *err)
{
	const struct sark_caller *caller = work->caller;
	struct sark_apikey *key;
	int found = 0;

	if (sark_uuid_valid(key_id))
		found = sark_apikeys_get(
		    work->app->pg, work->app->mem, key_id, &key, err);
	if (found == -1)
		return -1;
	if (found == 1 &&
	    (sark_str_eq(key->user_id, caller->user_id) ||
		sark_permission_at(caller, SARK_APIKEY_WRITE_ANY, NULL))) {
		work->key = key;
		return 0;
	}
	if (found == 1 &&
	    sark_permission_at(caller, SARK_APIKEY_READ_ANY, NULL))
		return sark_err_set(err, SARK_FORBIDDEN,
		    "the permission %s is required", SARK_APIKEY_WRITE_ANY);
	return sark_err_set(err, SARK_NOT_FOUND, "no such API key");
}

/* Locks the key and sees whether it is what the caller has seen. */
static int
lock(struct work *work, struct sark_tx *tx, struct sark_err *err)
{
	char version[SARK_VERSION_TEXT];
	int found;

	found = sark_apikeys_lock(
	    tx, work->app->mem, work->key->key_id, &work->key, err);
	if (found == 0)
		sark_err_set(err, SARK_NOT_FOUND, "no such API key");
	if (found != 1)
		return -1;
	sark_apikey_version(work->app->mem, work->key, version);
	if (work->versions != NULL && !sark_str_in(version, work->versions))
		return sark_err_set(err, SARK_PRECONDITION_FAILED,
		    "the API key is of another version");
	return 0;
}

static int
try_change(struct work *work, struct sark_err *err)
{
	struct sark_tx tx;
	int ret = -1;

	if (sark_tx_begin(&tx, work->app->pg, err) == -1)
		return -1;
	if (lock(work, &tx, err) == 0 && work->apply(work, &tx, err) == 0 &&
	    sark_apikey_record(
		work->app, &tx, work->caller, work->event, work->key, err) == 0)
		ret = sark_tx_commit(&tx, err);
	sark_tx_end(&tx);
	return ret;
}

static int
commit(struct work *work, struct sark_err *err)
{
	const struct sark_generation_of of = { "user", work->key->user_id };
	struct sark_app *app = work->app;
	int ret, tries = 0;

	if (sark_generations_hold(app->redis, &of, 1, err) == -1)
		return -1;
	do
		ret = try_change(work, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, &of, 1);
	return ret;
}

static int
apply_change(struct work *work, struct sark_tx *tx, struct sark_err *err)
{
	const struct sark_apikey_change *change = work->change;
	int64_t now = work->caller->time_ns / 1000000;
	struct sark_apikey next = *work->key;

	if (change->name != NULL)
		next.name = change->name;
	if (change->description != NULL)
		next.description = change->description;
	if (work->scopes != NULL)
		next.scopes = work->scopes;
	if (change->networks != NULL)
		next.networks = change->networks;
	if (change->sets_rate)
		next.rate_limit = change->rate_limit;
	if (change->sets_days)
		next.expires_at =
		    change->days == 0 ? 0 : now + change->days * DAY_MS;
	if (change->sets_active)
		next.disabled_at = change->active ? 0 : now;
	if (sark_apikeys_update(tx, &next, err) == -1)
		return -1;
	/* As it is shown: with the times that the database has given it. */
	return sark_apikeys_lock(
		   tx, work->app->mem, next.key_id, &work->key, err) == 1
	    ? 0
	    : -1;
}

int
sark_apikey_change(struct sark_app *app, const struct sark_caller *caller,
    const char *key_id, const struct sark_apikey_change *change,
    struct sark_apikey **key_r, struct sark_err *err)
{
	struct work work = {
		.app = app,
		.caller = caller,
		.versions = change->versions,
		.event = "api_key_changed",
		.apply = apply_change,
		.change = change,
	};

	if (find(&work, key_id, err) == -1 ||
	    sark_apikey_check_networks(change->networks, err) == -1 ||
	    sark_apikey_check_rate(app, caller, change->rate_limit, err) == -1)
		return -1;
	if (change->scopes != NULL &&
	    sark_scopes_check(app->mem, app->conf, caller, change->scopes,
		&work.scopes, err) == -1)
		return -1;
	if (commit(&work, err) == -1)
		return -1;
	*key_r = work.key;
	return 0;
}

int
sark_apikey_rotation(struct sark_app *app, const char *key_id,
    struct sark_apikey_rotation *rotation, struct sark_err *err)
{
	struct work work = { .app = app, .caller = rotation->caller };
	const char *owner;

	if (find(&work, key_id, err) == -1 ||
	    sark_apikey_check_owner(
		app, rotation->caller, work.key->user_id, &owner, err) == -1 ||
	    sark_apikey_text(app, &rotation->text, err) == -1)
		return -1;
	rotation->key = work.key;
	rotation->key->prefix = rotation->text.prefix;
	rotation->key->updated_at = rotation->caller->time_ns / 1000000;
	return 0;
}

static int
apply_rotation(struct work *work, struct sark_tx *tx, struct sark_err *err)
{
	const struct sark_apikey_rotation *rotation = work->rotation;
	const struct sark_apikey_secret secret =
	    sark_apikey_secret_of(work->app, &rotation->text);

	work->key->prefix = secret.prefix;
	work->key->updated_at = rotation->key->updated_at;
	return sark_apikeys_rotate(
	    tx, work->key, &secret, rotation->overlap_s, err);
}

int
sark_apikey_rotate(struct sark_app *app,
    const struct sark_apikey_rotation *rotation, struct sark_err *err)
{
	struct work work = {
		.app = app,
		.caller = rotation->caller,
		.versions = rotation->versions,
		.event = "api_key_rotated",
		.apply = apply_rotation,
		.key = rotation->key,
		.rotation = rotation,
	};

	return commit(&work, err);
}

static int
apply_revoke(struct work *work, struct sark_tx *tx, struct sark_err *err)
{
	return sark_apikeys_revoke(tx, work->key->key_id, err);
}

int
sark_apikey_revoke(struct sark_app *app, const struct sark_caller *caller,
    const char *key_id, const char *const *versions, struct sark_err *err)
{
	struct work work = {
		.app = app,
		.caller = caller,
		.versions = versions,
		.event = "api_key_revoked",
		.apply = apply_revoke,
	};

	if (find(&work, key_id, err) == -1)
		return -1;
	return commit(&work, err);
}
