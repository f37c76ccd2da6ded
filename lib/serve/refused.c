#include "serve/refused.h"

#include "audit/event.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proc/metrics.h"

struct sark_refusals {
	int64_t tokens; /* what may be recorded now */
	int64_t filled; /* when, monotonic seconds */
	struct sark_metric *unrecorded;
};

struct sark_refusals *
sark_refusals_new(struct sark_app *app)
{
	struct sark_refusals *refusals = sark_new(app, struct sark_refusals);
	char *name = sark_format(refusals,
	    "sark_refusals_unrecorded_total{program=\"%s\"}", app->program);

	refusals->tokens = SARK_REFUSED_BURST;
	refusals->filled = sark_clock_mono_ns() / 1000000000;
	refusals->unrecorded = sark_metric_of(app->metrics, name);
	talloc_free(name);
	return refusals;
}

/* Whether one more refusal of a stranger may be recorded. */
static bool
take_token(struct sark_refusals *refusals)
{
	int64_t now = sark_clock_mono_ns() / 1000000000;

	refusals->tokens += (now - refusals->filled) * SARK_REFUSED_RATE;
	refusals->filled = now;
	if (refusals->tokens > SARK_REFUSED_BURST)
		refusals->tokens = SARK_REFUSED_BURST;
	if (refusals->tokens <= 0) {
		sark_metric_add(refusals->unrecorded, 1);
		return false;
	}
	refusals->tokens--;
	return true;
}

void
sark_refused(struct sark_app *app, const struct sark_req *req,
    const struct sark_route *route, const struct sark_err *err)
{
	bool stranger = req->caller->user_id[0] == '\0';
	struct sark_event event;
	struct sark_err failure;

	/* A login that failed, or waits for a code, has its own event. */
	if (err->code == SARK_INVALID_CREDENTIALS ||
	    err->code == SARK_MFA_REQUIRED || err->code == SARK_INVALID_OTP)
		return;
	if (app->spool == NULL || (stranger && !take_token(app->refusals)))
		return;
	sark_event_init(&event, req->caller, "access_denied");
	event.severity = stranger ? SARK_SEVERITY_LOW : SARK_SEVERITY_MEDIUM;
	event.outcome = "failure";
	event.action =
	    route->audited_as != NULL ? route->audited_as : route->path;
	event.resource = req->path;
	event.decision = "deny";
	event.reason = sark_code_name(err->code);
	/* The refusal stands, with its record or without. */
	sark_err_init(&failure);
	if (sark_audit_spool(app, &event, &failure) == -1)
		sark_log_err(SARK_LOG_ERROR, "refusal_unrecorded", &failure);
}
