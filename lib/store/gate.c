#include "store/gate.h"

#include "base/mem.h"

size_t
sark_gate_ask(
    const struct sark_app *app, struct sark_redis_cmd cmds[SARK_GATE_PARTS])
{
	const struct sark_gate *gate = app->gate;
	size_t i;

	if (gate == NULL || gate->asked)
		return 0;
	for (i = 0; i < gate->count; i++)
		cmds[i] = gate->parts[i].cmd;
	return gate->count;
}

void
sark_gate_answer(struct sark_app *app, const struct sark_reply *replies)
{
	if (app->gate == NULL)
		return;
	app->gate->asked = true;
	app->gate->replies = replies;
}

/* A round trip of its own; a Redis that is away is for the parts to judge. */
static void
ask(struct sark_app *app, const struct sark_gate *gate)
{
	struct sark_redis_cmd cmds[SARK_GATE_PARTS];
	const struct sark_reply *replies = NULL;
	struct sark_err away;
	size_t n = sark_gate_ask(app, cmds);

	sark_err_init(&away);
	if (n > 0 && app->redis != NULL &&
	    sark_redis_pipeline(
		app->redis, app->mem, cmds, n, &replies, &away) == -1)
		replies = NULL;
	if (!gate->asked)
		sark_gate_answer(app, replies);
}

static int
judge(struct sark_gate *gate, struct sark_err *err)
{
	const struct sark_gate_part *part;
	int verdict = SARK_GATE_SAME, one;
	size_t i;

	for (i = 0; i < gate->count; i++) {
		part = &gate->parts[i];
		one = part->judge(part->arg,
		    gate->replies == NULL ? NULL : &gate->replies[i], err);
		if (one == SARK_GATE_REFUSED)
			return SARK_GATE_REFUSED;
		if (one == SARK_GATE_OTHER)
			verdict = SARK_GATE_OTHER;
	}
	if (verdict == SARK_GATE_OTHER && gate->again != NULL &&
	    gate->again(gate->arg, err) == -1)
		return SARK_GATE_REFUSED;
	return verdict;
}

/* What is said once is said again. */
static int
refuse(const struct sark_app *app, struct sark_gate *gate, struct sark_err *err)
{
	if (gate->why == NULL)
		gate->why = sark_memdup(app->mem, err, sizeof(struct sark_err));
	else
		*err = *gate->why;
	return SARK_GATE_REFUSED;
}

int
sark_gate_pass(struct sark_app *app, struct sark_err *err)
{
	struct sark_gate *gate = app->gate;
	int verdict;

	if (gate == NULL)
		return SARK_GATE_SAME;
	if (gate->why != NULL)
		return refuse(app, gate, err);
	ask(app, gate);
	sark_err_init(err);
	verdict = judge(gate, err);
	if (verdict == SARK_GATE_REFUSED)
		return refuse(app, gate, err);
	app->gate = NULL;
	return verdict;
}
