#include "auth/standing.h"

#include "auth/key_use.h"
#include "auth/rbac.h"
#include "auth/scope.h"
#include "auth/standing_record.h"
#include "auth/withhold.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/networks.h"
#include "base/span.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "store/generations.h"

static const char *const none[] = { NULL };

/* One credential before the gate. */
struct asking {
	struct sark_app *app;
	struct sark_standing_slot *slot;
	struct sark_caller *caller;
	const struct sark_standing *guess; /* that caller has */
};

/* What Redis said, and how sure that is. */
struct look {
	struct sark_standing_seen seen;
	const char *run; /* NULL: nothing can be kept */
};

void
sark_standing_slot_init(void *ctx, struct sark_standing_slot *slot,
    const char *user_id, const char *id)
{
	slot->user_id = user_id;
	slot->id = id;
	slot->key = false;
	slot->seen = NULL;
	slot->mem = ctx;
	sark_standing_words(ctx, user_id, id, slot->words);
}

static void
lend(struct sark_caller *caller, const struct sark_caller *who)
{
	caller->username = who->username;
	caller->email = who->email;
	caller->name = who->name;
	caller->provider = who->provider;
	caller->roles = who->roles;
	caller->teams = who->teams;
	caller->managed_teams = who->managed_teams;
	caller->permissions = who->permissions;
	caller->scoped = who->scoped;
	caller->scopes = who->scopes;
	caller->key_rate = who->key_rate;
	caller->agent = who->agent;
	caller->mfa = who->mfa;
	caller->mfa_time = who->mfa_time;
	caller->withheld = who->withheld;
}

/* The standing of before is lent until the request ends. */
static void
remember(struct asking *a, struct sark_standing *now)
{
	if (a->slot->seen != NULL)
		talloc_steal(a->app->mem, a->slot->seen);
	a->slot->seen = now;
}

static bool
counts(const struct asking *a, const struct look *look,
    const struct sark_standing *standing)
{
	return sark_str_eq(standing->who.user_id, a->slot->user_id) &&
	    sark_str_eq(standing->generation, look->seen.generation) &&
	    sark_str_eq(standing->all, look->seen.all) &&
	    sark_str_eq(standing->run, look->run) &&
	    standing->until_ms > sark_clock_ms();
}

/* The record parsed, if it is one of ours for this very credential. */
static struct sark_standing *
parse(const struct asking *a, const char *record)
{
	struct sark_standing *standing;
	char *text;

	if (sark_seal_verify(a->app->seal, a->app->mem,
		sark_standing_key(a->slot->words), record, &text) != 1 ||
	    sark_standing_from_record(
		a->slot->mem, a->app->conf, text, &standing) != 1)
		return NULL;
	standing->record = sark_strdup(standing, record);
	return standing;
}

/* What Redis remembers and nothing contradicts; NULL: ask PostgreSQL. */
static struct sark_standing *
remembered(const struct asking *a, const struct look *look)
{
	const struct sark_standing_seen *seen = &look->seen;
	struct sark_standing *standing = a->slot->seen;

	if (look->run == NULL || seen->generation == NULL ||
	    seen->all == NULL || seen->held || seen->record == NULL ||
	    a->app->seal == NULL)
		return NULL;
	if (standing == NULL || standing->record == NULL ||
	    !sark_str_eq(standing->record, seen->record))
		standing = parse(a, seen->record);
	if (standing == NULL || counts(a, look, standing))
		return standing;
	if (standing != a->slot->seen)
		talloc_free(standing);
	return NULL;
}

/*
 * What has no generation is given one before PostgreSQL is asked: what is
 * kept for "none" would count again when Redis has lost a later one.
 */
static void
begin(const struct asking *a, struct look *look, const char *kind,
    const char *name, const char **word)
{
	const struct sark_generation_of of = { kind, name };
	struct sark_err err;

	if (look->run == NULL || look->seen.held || *word != NULL ||
	    a->app->seal == NULL)
		return;
	sark_err_init(&err);
	if (sark_generations_begin(
		a->app->redis, a->app->mem, &of, word, &err) == -1)
		look->run = NULL;
}

void
sark_standing_empower(
    const struct sark_conf *conf, struct sark_standing *standing)
{
	struct sark_caller *who = &standing->who;
	const struct sark_effective *effective =
	    sark_withhold(conf, &standing->effective, who->mfa);
	struct sark_err ignored;

	who->withheld = effective != &standing->effective;
	who->roles = effective->roles;
	who->permissions = sark_rbac_effective(standing, effective);
	who->scoped = sark_rbac_scoped(standing, effective->scoped);
	if (who->scopes == NULL)
		return;
	who->permissions = sark_scopes_permit(
	    standing, who->scopes, who->roles, who->permissions);
	/* Rows are checked before they are written; what fails allows none. */
	sark_err_init(&ignored);
	if (*standing->networks != NULL &&
	    sark_networks_make(standing, standing->networks, &standing->allowed,
		&ignored) == -1)
		standing->allowed = NULL;
}

static void
fill(struct sark_standing *standing, const struct sark_conf *conf,
    const struct sark_standing_row *row)
{
	struct sark_caller *who = &standing->who;
	bool good = row->live && !row->disabled;
	int64_t now_ms = sark_clock_ms();

	standing->state = row->disabled ? SARK_STANDING_DISABLED
	    : row->live			? SARK_STANDING_GOOD
					: SARK_STANDING_OVER;
	who->username = row->username;
	who->email = row->email;
	who->name = row->name;
	who->provider = row->provider;
	who->agent = row->agent;
	who->mfa = row->mfa;
	who->mfa_time = row->mfa_time;
	if (good)
		standing->effective = row->effective;
	who->scopes = row->scopes;
	who->key_rate = row->key_rate;
	standing->networks = row->networks;
	sark_standing_empower(conf, standing);
	who->teams = good ? row->teams : none;
	who->managed_teams = good ? row->managed_teams : none;
	standing->fresh_ms = now_ms + SARK_STANDING_FRESH_MS;
	standing->until_ms = now_ms + SARK_STANDING_MAX_MS;
	if (good && row->left_ms >= 0 && row->left_ms < SARK_STANDING_MAX_MS)
		standing->until_ms = now_ms + row->left_ms;
}

/* Without an answer nobody is let in: 503, whatever the reason was. */
static int
nobody_knows(const struct sark_err *why, struct sark_err *err)
{
	return sark_err_set(err,
	    why->code == SARK_TIMEOUT ? SARK_TIMEOUT : SARK_UNAVAILABLE,
	    "standing: %s", why->text);
}

static int
decide(const struct asking *a, struct sark_standing **standing_r,
    struct sark_err *err)
{
	struct sark_standing_row row = { .username = "",
		.email = "",
		.name = "",
		.provider = "",
		.teams = none,
		.managed_teams = none };
	struct sark_standing *standing;
	struct sark_err why;

	sark_err_init(&why);
	if (a->app->pg == NULL)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "standing: no PostgreSQL");
	standing = sark_new(a->slot->mem, struct sark_standing);
	if ((a->slot->key ? sark_standing_of_key : sark_standing_of_session)(
		a->app->pg, standing, a->slot->user_id, a->slot->id, &row,
		&why) == -1) {
		talloc_free(standing);
		return nobody_knows(&why, err);
	}
	standing->who.user_id = a->slot->user_id;
	standing->effective = (struct sark_effective){ none, none, none, 0 };
	fill(standing, a->app->conf, &row);
	*standing_r = standing;
	return 0;
}

/* Best effort: what is not kept is asked again. */
static void
keep(const struct asking *a, const struct look *look,
    struct sark_standing *standing)
{
	int64_t ttl_ms = standing->until_ms - sark_clock_ms();
	const char *key = sark_standing_key(a->slot->words);
	struct sark_err err;

	if (look->run == NULL || look->seen.held ||
	    look->seen.generation == NULL || look->seen.all == NULL ||
	    a->app->seal == NULL || ttl_ms <= 0)
		return;
	standing->generation = sark_strdup(standing, look->seen.generation);
	standing->all = sark_strdup(standing, look->seen.all);
	standing->run = sark_strdup(standing, look->run);
	standing->record = sark_seal_sign(a->app->seal, standing, key,
	    sark_standing_to_record(a->app->mem, standing));
	sark_err_init(&err);
	if (sark_standing_keep(
		a->app->redis, key, standing->record, ttl_ms, &err) == -1)
		sark_log_err(SARK_LOG_DEBUG, "standing_not_kept", &err);
}

static void
see(const struct asking *a, const struct sark_reply *reply, struct look *look)
{
	struct sark_err err;
	const char *run;

	sark_err_init(&err);
	/* Asked behind it: of the connection that gave the reply, or newer. */
	if (reply != NULL && sark_standing_see(reply, &look->seen) == 0 &&
	    sark_redis_run(a->app->redis, &run, &err) == 0)
		look->run = run;
}

/*
 * PostgreSQL's word, kept; or, where it has none to give, what Redis
 * remembers of before, which may be NULL.
 */
static int
ask(const struct asking *a, struct look *look, struct sark_standing *before,
    struct sark_standing **now_r, struct sark_err *err)
{
	struct sark_err why;

	sark_err_init(&why);
	begin(a, look, "user", a->slot->user_id, &look->seen.generation);
	begin(a, look, "all", "", &look->seen.all);
	if (decide(a, now_r, &why) == 0) {
		keep(a, look, *now_r);
		if (before != a->slot->seen)
			talloc_free(before);
		return 0;
	}
	*now_r = before;
	if (before == NULL)
		*err = why;
	return before == NULL ? -1 : 0;
}

static int
refuse(const struct asking *a, const struct sark_standing *standing,
    struct sark_err *err)
{
	const char *what = a->slot->key ? "API key" : "session";

	if (standing->state == SARK_STANDING_OVER)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "the %s is over", what);
	if (standing->state != SARK_STANDING_GOOD)
		return sark_err_set(
		    err, SARK_INVALID_TOKEN, "the user is disabled");
	return sark_err_set(err, SARK_FORBIDDEN,
	    "this API key may not be used from your address");
}

static bool
welcome(const struct asking *a, const struct sark_standing *standing)
{
	if (standing->state != SARK_STANDING_GOOD)
		return false;
	if (!a->slot->key || *standing->networks == NULL)
		return true;
	return standing->allowed != NULL &&
	    sark_networks_hold(standing->allowed, a->caller->client_ip);
}

static int
judge(void *arg, const struct sark_reply *reply, struct sark_err *err)
{
	struct asking *a = arg;
	struct look look = { .run = NULL };
	struct sark_standing *now;
	bool fresh;

	see(a, reply, &look);
	now = remembered(a, &look);
	fresh = now != NULL && now->fresh_ms > sark_clock_ms();
	sark_figure_add(a->app->tracer,
	    fresh ? SARK_FIGURE_STANDING_HIT : SARK_FIGURE_STANDING_MISS);
	if (!fresh && ask(a, &look, now, &now, err) == -1)
		return SARK_GATE_REFUSED;
	if (now != a->slot->seen)
		remember(a, now);
	lend(a->caller, &now->who);
	if (!welcome(a, now)) {
		refuse(a, now, err);
		return SARK_GATE_REFUSED;
	}
	if (a->slot->key)
		sark_key_use_count(a->app, a->caller->key_id);
	return now == a->guess ? SARK_GATE_SAME : SARK_GATE_OTHER;
}

bool
sark_standing_part(struct sark_app *app, struct sark_standing_slot *slot,
    struct sark_caller *caller, struct sark_gate_part *part_r)
{
	struct asking *a = sark_new(app->mem, struct asking);

	a->app = app;
	a->slot = slot;
	a->caller = caller;
	a->guess = slot->seen;
	part_r->cmd =
	    (struct sark_redis_cmd){ SARK_STANDING_WORDS, slot->words, NULL };
	part_r->judge = judge;
	part_r->arg = a;
	if (a->guess == NULL)
		return false;
	lend(caller, &a->guess->who);
	return true;
}

void
sark_standing_warm(
    struct sark_app *app, const char *user_id, const char *session_id)
{
	struct sark_standing_slot slot;
	struct sark_gate_part part;
	struct sark_caller caller;
	const struct sark_reply *reply;
	struct sark_err err;

	sark_err_init(&err);
	sark_standing_slot_init(app->mem, &slot, user_id, session_id);
	if (sark_standing_part(app, &slot, &caller, &part) ||
	    sark_redis_pipeline(
		app->redis, app->mem, &part.cmd, 1, &reply, &err) == -1)
		return;
	if (part.judge(part.arg, reply, &err) == SARK_GATE_REFUSED)
		sark_log_err(SARK_LOG_DEBUG, "standing_not_kept", &err);
}
