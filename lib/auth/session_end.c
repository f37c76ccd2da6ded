#include "auth/session_end.h"

#include "audit/event.h"
#include "auth/refresh.h"
#include "base/log.h"
#include "store/generations.h"
#include "store/pg.h"

int
sark_session_end_in(struct sark_tx *tx, struct sark_app *app,
    const struct sark_caller *caller, const struct sark_session_ending *ending,
    struct sark_session_ends *ends_r, struct sark_err *err)
{
	struct sark_event event;
	size_t i;
	int ret = ending->spared_id != NULL
	    ? sark_sessions_revoke_others(tx, app->mem, ending->user_id,
		  ending->spared_id, ending->reason, ends_r, err)
	    : sark_sessions_revoke(tx, app->mem, ending->user_id,
		  ending->session_id, ending->reason, ends_r, err);

	if (ret == -1)
		return -1;
	for (i = 0; i < ends_r->count; i++) {
		sark_event_init(&event, caller,
		    ending->event != NULL ? ending->event : "session_ended");
		event.severity = ending->severity;
		if (ending->outcome != NULL)
			event.outcome = ending->outcome;
		event.action = "session:end";
		event.resource = ends_r->items[i].session_id;
		event.reason = ending->reason;
		if (sark_audit_in(tx, &event, err) == -1)
			return -1;
	}
	return 0;
}

void
sark_session_forget(struct sark_app *app, const struct sark_session_ends *ends)
{
	struct sark_err err;

	sark_err_init(&err);
	if (ends->count > 0 && sark_sessions_drop(app->redis, ends, &err) == -1)
		sark_log_err(SARK_LOG_WARNING, "session_record_left", &err);
}

static int
try_end(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_session_ending *ending, size_t *count_r,
    struct sark_err *err)
{
	struct sark_tx tx = { .pg = app->pg, .open = false };
	struct sark_session_ends ends = { 0, NULL };
	int ret = -1;

	if (sark_tx_begin(&tx, app->pg, err) == -1 ||
	    sark_session_end_in(&tx, app, caller, ending, &ends, err) == -1 ||
	    sark_tx_commit(&tx, err) == -1)
		goto out;
	sark_session_forget(app, &ends);
	*count_r = ends.count;
	ret = 0;
out:
	sark_tx_end(&tx);
	return ret;
}

int
sark_session_end(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_session_ending *ending, size_t *count_r,
    struct sark_err *err)
{
	const struct sark_generation_of of = { "user", ending->user_id };
	int ret, tries = 0;

	if (sark_generations_hold(app->redis, &of, 1, err) == -1)
		return -1;
	do
		ret = try_end(app, caller, ending, count_r, err);
	while (ret == -1 && sark_tx_again(app->pg, &tries, err));
	/* With the outcome unknown the hold has to run its time. */
	if (err->code != SARK_UNCERTAIN)
		sark_generations_release(app->redis, &of, 1);
	return ret;
}

int
sark_session_end_token(struct sark_app *app, const struct sark_caller *caller,
    const char *text, struct sark_err *err)
{
	struct sark_refresh refresh;
	struct sark_session_ending ending = {
		.user_id = caller->user_id,
		.reason = "token_revoked",
	};
	size_t count;

	if (sark_refresh_read(app->mem, app->seal, text, &refresh) != 1)
		return 0;
	ending.session_id = refresh.session_id;
	return sark_session_end(app, caller, &ending, &count, err);
}
