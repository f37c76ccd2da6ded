#include "serve/repeats.h"

#include <stdint.h>
#include <string.h>

#include "audit/event.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/networks.h"
#include "base/str.h"
#include "json/writer.h"

#define NS_PER_S INT64_C(1000000000)

/* One network at one limit; the last place is all the others'. */
struct repeat {
	const char *tier; /* NULL: free */
	char network[SARK_NETWORK_TEXT];
	int64_t count; /* not recorded yet */
	int64_t since_ms;
	int64_t until_ns; /* monotonic: when they are recorded */
};

struct sark_repeats {
	struct repeat places[SARK_REPEATS + 1];
	bool failed; /* said in the log */
};

struct sark_repeats *
sark_repeats_new(struct sark_app *app)
{
	return sark_new(app, struct sark_repeats);
}

static const char *
detail_of(void *mem, const struct repeat *repeat, int64_t count)
{
	char since[SARK_TIME_TEXT];
	struct sark_buf text;
	struct sark_jw jw;

	sark_time_format(since, repeat->since_ms);
	sark_buf_init(&text, mem);
	sark_jw_init(&jw, &text);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_int(&jw, "count", count);
	sark_jw_str(&jw, "since", since);
	sark_jw_str(&jw, "network",
	    *repeat->network == '\0' ? "others" : repeat->network);
	sark_jw_close(&jw);
	return text.data;
}

static int
record(struct sark_app *app, const struct sark_caller *caller,
    const struct repeat *repeat, int64_t count)
{
	struct sark_repeats *repeats = app->repeats;
	struct sark_event event;
	struct sark_err err;
	int ret;

	sark_event_init(&event, caller, "login_limited");
	event.severity = SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action = "login:limit";
	event.decision = "deny";
	event.reason = repeat->tier;
	event.detail = detail_of(app->mem, repeat, count);
	sark_err_init(&err);
	ret = sark_audit_spool(app, &event, &err);
	if (ret == -1 && !repeats->failed)
		sark_log_err(SARK_LOG_ERROR, "refusal_unrecorded", &err);
	repeats->failed = ret == -1;
	return ret;
}

/* Its place, a free one, or the one of all others. */
static struct repeat *
place_of(struct sark_repeats *repeats, const char *network, const char *tier)
{
	struct repeat *at, *free = NULL;

	for (size_t i = 0; i < SARK_REPEATS; i++) {
		at = &repeats->places[i];
		if (at->tier == NULL)
			free = at;
		else if (sark_str_eq(at->tier, tier) &&
		    sark_str_eq(at->network, network))
			return at;
	}
	if (free == NULL)
		return &repeats->places[SARK_REPEATS];
	(void)sark_str_copy(free->network, sizeof(free->network), network);
	return free;
}

void
sark_repeats_add(struct sark_app *app, const struct sark_caller *caller,
    const char *network, const char *tier)
{
	struct repeat *at;

	if (app->spool == NULL || app->repeats == NULL)
		return;
	at = place_of(app->repeats, network, tier);
	if (at->tier != NULL) {
		at->count++;
		return;
	}
	at->tier = tier;
	at->since_ms = sark_clock_ms();
	at->until_ns = sark_clock_mono_ns() + SARK_REPEATS_S * NS_PER_S;
	at->count = record(app, caller, at, 1) == 0 ? 0 : 1;
}

/* Nobody asks: the caller of an event about many. */
static struct sark_caller
nobody(const struct repeat *repeat)
{
	struct sark_caller caller = { .user_id = "", .username = "" };

	caller.client_ip = strchr(repeat->network, '/') == NULL &&
		strpbrk(repeat->network, ".:") != NULL
	    ? repeat->network
	    : "";
	return caller;
}

static void
flush(struct sark_app *app, struct repeat *at)
{
	const struct sark_caller caller = nobody(at);

	if (at->count > 0 && record(app, &caller, at, at->count) == -1)
		return;
	memset(at, 0, sizeof(*at));
}

void
sark_repeats_flush(struct sark_app *app, bool all)
{
	struct sark_repeats *repeats = app->repeats;
	int64_t now = sark_clock_mono_ns();
	struct repeat *at;

	app->mem = sark_mem_check(talloc_new(app));
	for (size_t i = 0; i <= SARK_REPEATS; i++) {
		at = &repeats->places[i];
		if (at->tier != NULL && (all || now >= at->until_ns))
			flush(app, at);
	}
	talloc_free(app->mem);
	app->mem = NULL;
}
