#include "policy/cache.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "policy/key.h"
#include "policy/record.h"

#define GUESSES	      1024
#define FACTS_TTL_S   3600
#define DECISION_SEAL "policy:decision:"
#define FACTS_SEAL    "policy:facts:"

/*
 * The generations that this process saw last, so that the key of a decision
 * is known before Redis is asked.  A wrong guess costs a second round trip.
 */
struct guess {
	uint64_t name; /* hash of kind and name */
	char word[SARK_GENERATION_TEXT];
};

struct sark_cache {
	struct guess guesses[GUESSES];
	bool away; /* said in the log once, not at each request */
};

struct sark_cache *
sark_cache_new(void *ctx)
{
	return sark_new(ctx, struct sark_cache);
}

/* FNV-1a; collisions are harmless here. */
static uint64_t
hash(const char *kind, const char *name)
{
	uint64_t h = 14695981039346656037u;

	for (; *kind != '\0'; kind++)
		h = (h ^ (unsigned char)*kind) * 1099511628211u;
	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h | 1;
}

static void
guess(const struct sark_cache *cache, const char *kind, const char *name,
    char word[SARK_GENERATION_TEXT])
{
	uint64_t h = hash(kind, name);
	const struct guess *slot = &cache->guesses[h / 2 % GUESSES];

	sark_str_copy(
	    word, SARK_GENERATION_TEXT, slot->name == h ? slot->word : "0");
}

static void
learn(struct sark_cache *cache, const char *kind, const char *name,
    const char *word)
{
	uint64_t h = hash(kind, name);
	struct guess *slot = &cache->guesses[h / 2 % GUESSES];

	slot->name = h;
	sark_str_copy(slot->word, sizeof(slot->word), word);
}

static struct sark_decision_of
decision_of(const struct sark_cache_query *query)
{
	struct sark_decision_of of = { query->subject->user_id, "", "" };

	if (query->question->tool != NULL)
		of.tool = query->question->tool;
	if (query->question->server_id != NULL)
		of.server_id = query->question->server_id;
	return of;
}

static void
guess_all(const struct sark_cache *cache, const struct sark_decision_of *of,
    struct sark_generations *generations)
{
	guess(cache, "run", "", generations->run);
	guess(cache, "all", "", generations->all);
	guess(cache, "user", of->user_id, generations->user);
	guess(cache, "tool", of->tool, generations->tool);
	guess(cache, "server", of->server_id, generations->server);
}

static void
learn_all(struct sark_cache *cache, const struct sark_decision_of *of,
    const struct sark_generations *generations)
{
	learn(cache, "run", "", generations->run);
	learn(cache, "all", "", generations->all);
	learn(cache, "user", of->user_id, generations->user);
	learn(cache, "tool", of->tool, generations->tool);
	learn(cache, "server", of->server_id, generations->server);
}

static bool
same(const struct sark_generations *a, const struct sark_generations *b)
{
	return sark_str_eq(a->run, b->run) && sark_str_eq(a->all, b->all) &&
	    sark_str_eq(a->user, b->user) && sark_str_eq(a->tool, b->tool) &&
	    sark_str_eq(a->server, b->server);
}

/* Redis went away or came back: one line, not one a request. */
static void
note_state(struct sark_cache *cache, bool away, const struct sark_err *err)
{
	if (away == cache->away)
		return;
	cache->away = away;
	if (away)
		sark_log_err(SARK_LOG_WARNING, "decision_cache_away", err);
	else
		sark_log(SARK_LOG_INFO, "decision_cache_back", NULL);
}

/* One or two looks: the second with the generations the first one told. */
static int
look(struct sark_app *app, struct sark_cache *cache,
    const struct sark_cache_query *query, struct sark_cache_place *place,
    struct sark_remembered *remembered)
{
	struct sark_decision_of of = decision_of(query);
	struct sark_generations generations;
	struct sark_err err;
	int looks;

	sark_err_init(&err);
	guess_all(cache, &of, &generations);
	for (looks = 0; looks < 2; looks++) {
		sark_key_of_decision(
		    place->decision_key, app->mem, query, &generations);
		sark_key_of_facts(
		    place->facts_key, app->mem, query->question, &generations);
		if (sark_decisions_recall(app, &of, place->decision_key,
			place->facts_key, remembered, &err) == -1) {
			note_state(cache, true, &err);
			return -1;
		}
		note_state(cache, false, &err);
		if (same(&generations, &remembered->generations))
			return 0;
		generations = remembered->generations;
		learn_all(cache, &of, &generations);
	}
	/* They moved between the two looks: somebody is changing things. */
	remembered->held = true;
	return 0;
}

/* The record if it was made by us for this key, else NULL. */
static const char *
authentic(
    struct sark_app *app, const char *seal, const char *key, const char *text)
{
	char *record;

	if (text == NULL ||
	    sark_seal_verify(app->seal, app->mem,
		sark_format(app->mem, "%s%s", seal, key), text, &record) != 1)
		return NULL;
	return record;
}

void
sark_cache_recall(struct sark_app *app, struct sark_cache *cache,
    const struct sark_cache_query *query, struct sark_recalled *recalled_r)
{
	struct sark_cache_place *place = &recalled_r->place;
	struct sark_remembered remembered;
	const char *facts;

	memset(&remembered, 0, sizeof(remembered));
	memset(recalled_r, 0, sizeof(*recalled_r));
	place->away = look(app, cache, query, place, &remembered) == -1;
	place->held = remembered.held;
	if (place->away || place->held)
		return;
	recalled_r->decision = authentic(
	    app, DECISION_SEAL, place->decision_key, remembered.decision);
	if (recalled_r->decision != NULL)
		return;
	facts = authentic(app, FACTS_SEAL, place->facts_key, remembered.facts);
	recalled_r->facts_found = facts != NULL &&
	    sark_facts_from_record(app->mem, facts, &recalled_r->facts) == 1;
}

static struct sark_decision_record
sealed(struct sark_app *app, const char *seal, const char *key,
    const char *text, int64_t ttl_s)
{
	struct sark_decision_record record = { key,
		sark_seal_sign(app->seal, app->mem,
		    sark_format(app->mem, "%s%s", seal, key), text),
		ttl_s };

	return record;
}

void
sark_cache_remember(struct sark_app *app, const struct sark_cache_place *place,
    const struct sark_decision *decision, const struct sark_facts *new_facts)
{
	struct sark_decision_record keep = { NULL, NULL, 0 }, facts = keep;
	int64_t ttl_s = decision->cache_ttl_s;
	struct sark_err err;

	if (place->away || place->held)
		return;
	sark_err_init(&err);
	if (ttl_s > 0)
		keep = sealed(app, DECISION_SEAL, place->decision_key,
		    sark_decision_to_record(
			app->mem, decision, sark_clock_s() + ttl_s),
		    ttl_s);
	if (new_facts != NULL)
		facts = sealed(app, FACTS_SEAL, place->facts_key,
		    sark_facts_to_record(app->mem, new_facts), FACTS_TTL_S);
	/* What cannot be kept now is decided again: no error of the request. */
	if (sark_decisions_remember(
		app->redis, app->mem, &keep, &facts, &err) == -1)
		sark_log_err(SARK_LOG_DEBUG, "decision_not_cached", &err);
}
