#include "auth/key_use.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "store/apikeys.h"

#define WAIT_NS (INT64_C(250) * 1000000)
/* So many keys wait for their turn; who is used beside them is told first. */
#define KEYS_MAX 4096

struct sark_key_uses {
	struct sark_apikey_use *items; /* by key_id */
	size_t count;
	int64_t told_ns; /* when last, monotonic */
};

static struct sark_key_uses *
uses_of(struct sark_app *app)
{
	if (app->key_uses != NULL)
		return app->key_uses;
	app->key_uses = sark_new(app, struct sark_key_uses);
	app->key_uses->items =
	    sark_new_array(app->key_uses, struct sark_apikey_use, KEYS_MAX);
	app->key_uses->told_ns = sark_clock_mono_ns();
	return app->key_uses;
}

/* Where the key is, or belongs. */
static size_t
place_of(const struct sark_key_uses *uses, const char *key_id)
{
	size_t low = 0, high = uses->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(uses->items[middle].key_id, key_id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
tell(struct sark_app *app, struct sark_key_uses *uses)
{
	int64_t deadline = app->deadline_ns;
	struct sark_err err;

	sark_err_init(&err);
	uses->told_ns = sark_clock_mono_ns();
	app->deadline_ns = uses->told_ns + WAIT_NS;
	/* Not to be told twice: what is uncertain counts as told. */
	if (sark_apikeys_used(app->pg, uses->items, uses->count, &err) == 0 ||
	    err.code == SARK_UNCERTAIN)
		uses->count = 0;
	if (err.code != SARK_OK)
		sark_log_err(SARK_LOG_WARNING, "key_uses_not_kept", &err);
	app->deadline_ns = deadline;
}

void
sark_key_use_count(struct sark_app *app, const char *key_id)
{
	struct sark_key_uses *uses = uses_of(app);
	size_t at = place_of(uses, key_id);
	struct sark_apikey_use *use = &uses->items[at];

	if (at == uses->count || !sark_str_eq(use->key_id, key_id)) {
		if (uses->count == KEYS_MAX)
			return;
		memmove(use + 1, use, (uses->count - at) * sizeof(*use));
		memset(use, 0, sizeof(*use));
		sark_str_copy(use->key_id, sizeof(use->key_id), key_id);
		uses->count++;
	}
	use->count++;
	use->last_ms = sark_clock_ms();
}

void
sark_key_use_tick(struct sark_app *app)
{
	struct sark_key_uses *uses = app->key_uses;
	int64_t interval;

	if (uses == NULL || uses->count == 0 || app->pg == NULL)
		return;
	interval = app->conf->apikey_use_interval_s * INT64_C(1000000000);
	if (sark_clock_mono_ns() - uses->told_ns >= interval)
		tell(app, uses);
}

void
sark_key_use_end(struct sark_app *app)
{
	struct sark_key_uses *uses = app->key_uses;

	if (uses != NULL && uses->count > 0 && app->pg != NULL)
		tell(app, uses);
}
