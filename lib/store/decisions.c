#include "store/decisions.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/gate.h"
#include "store/redis.h"

enum {
	GENERATION_ALL,
	GENERATION_USER,
	GENERATION_TOOL,
	GENERATION_SERVER,
	HOLD_ALL,
	HOLD_USER,
	HOLD_TOOL,
	HOLD_SERVER,
	DECISION,
	FACTS,
	KEYS
};

static void
take_generation(char out[SARK_GENERATION_TEXT], const struct sark_reply *reply)
{
	const char *word = "0";

	if (reply->type == SARK_REPLY_STRING && reply->len > 0)
		word = reply->str;
	sark_str_copy(out, SARK_GENERATION_TEXT, word);
}

static const char *
text_of(const struct sark_reply *reply)
{
	return reply->type == SARK_REPLY_STRING ? reply->str : NULL;
}

static void
take(struct sark_remembered *remembered, const struct sark_reply *values)
{
	struct sark_generations *generations = &remembered->generations;

	take_generation(generations->all, &values[GENERATION_ALL]);
	take_generation(generations->user, &values[GENERATION_USER]);
	take_generation(generations->tool, &values[GENERATION_TOOL]);
	take_generation(generations->server, &values[GENERATION_SERVER]);
	remembered->held = values[HOLD_ALL].type != SARK_REPLY_NIL ||
	    values[HOLD_USER].type != SARK_REPLY_NIL ||
	    values[HOLD_TOOL].type != SARK_REPLY_NIL ||
	    values[HOLD_SERVER].type != SARK_REPLY_NIL;
	remembered->decision = text_of(&values[DECISION]);
	remembered->facts = text_of(&values[FACTS]);
}

static void
name_keys(void *ctx, const struct sark_decision_of *of, const char *decision,
    const char *facts, const char *argv[1 + KEYS])
{
	argv[0] = "MGET";
	argv[1 + GENERATION_ALL] = "policy:generation:all:";
	argv[1 + GENERATION_USER] =
	    sark_format(ctx, "policy:generation:user:%s", of->user_id);
	argv[1 + GENERATION_TOOL] =
	    sark_format(ctx, "policy:generation:tool:%s", of->tool);
	argv[1 + GENERATION_SERVER] =
	    sark_format(ctx, "policy:generation:server:%s", of->server_id);
	argv[1 + HOLD_ALL] = "policy:hold:all:";
	argv[1 + HOLD_USER] =
	    sark_format(ctx, "policy:hold:user:%s", of->user_id);
	argv[1 + HOLD_TOOL] = sark_format(ctx, "policy:hold:tool:%s", of->tool);
	argv[1 + HOLD_SERVER] =
	    sark_format(ctx, "policy:hold:server:%s", of->server_id);
	argv[1 + DECISION] = sark_format(ctx, "policy:decision:%s", decision);
	argv[1 + FACTS] = sark_format(ctx, "policy:facts:%s", facts);
}

int
sark_decisions_recall(struct sark_app *app, const struct sark_decision_of *of,
    const char *decision_key, const char *facts_key,
    struct sark_remembered *remembered_r, struct sark_err *err)
{
	struct sark_redis_cmd cmds[SARK_GATE_PARTS + 1];
	const struct sark_reply *replies = NULL;
	const char *argv[1 + KEYS], *run;
	size_t n = sark_gate_ask(app, cmds);
	int ret;

	name_keys(app->mem, of, decision_key, facts_key, argv);
	cmds[n] = (struct sark_redis_cmd){ SARK_COUNT(argv), argv, NULL };
	ret = sark_redis_pipeline(
	    app->redis, app->mem, cmds, n + 1, &replies, err);
	if (n > 0)
		sark_gate_answer(app, ret == -1 ? NULL : replies);
	if (ret == -1)
		return -1;
	if (replies[n].type != SARK_REPLY_ARRAY || replies[n].count != KEYS)
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "Redis answered MGET with something else");
	take(remembered_r, replies[n].elements);
	/* Asked behind it: of the connection that gave the answer, or newer. */
	if (sark_redis_run(app->redis, &run, err) == -1)
		return -1;
	sark_str_copy(remembered_r->generations.run, SARK_GENERATION_TEXT, run);
	return 0;
}

static size_t
add_setex(void *ctx, struct sark_redis_cmd *cmds, size_t n, const char *prefix,
    const struct sark_decision_record *record)
{
	const char **argv;

	if (record->key == NULL)
		return n;
	argv = sark_new_array(ctx, const char *, 4);
	argv[0] = "SETEX";
	argv[1] = sark_format(ctx, "%s%s", prefix, record->key);
	argv[2] = sark_format(ctx, "%lld", (long long)record->ttl_s);
	argv[3] = record->text;
	cmds[n].argc = 4;
	cmds[n].argv = argv;
	cmds[n].lengths = NULL;
	return n + 1;
}

int
sark_decisions_remember(struct sark_redis *redis, void *ctx,
    const struct sark_decision_record *decision,
    const struct sark_decision_record *facts, struct sark_err *err)
{
	const struct sark_reply *replies;
	struct sark_redis_cmd cmds[2];
	size_t n;

	n = add_setex(ctx, cmds, 0, "policy:decision:", decision);
	n = add_setex(ctx, cmds, n, "policy:facts:", facts);
	if (n == 0)
		return 0;
	return sark_redis_pipeline(redis, ctx, cmds, n, &replies, err);
}
