#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "json/writer.h"
#include "proc/metrics.h"
#include "routes.h"

static void
optional(struct sark_jw *jw, const char *name, const char *json)
{
	if (*json != '\0')
		sark_jw_raw(jw, name, json, strlen(json));
}

static void
write_decision(struct sark_jw *jw, const struct sark_decision *decision)
{
	sark_jw_open(jw, NULL, '{');
	sark_jw_str(jw, "decision", decision->allow ? "allow" : "deny");
	sark_jw_str(jw, "reason", decision->reason);
	if (*decision->rule != '\0')
		sark_jw_str(jw, "rule", decision->rule);
	optional(jw, "filtered_parameters", decision->filtered_parameters);
	optional(jw, "removed_parameters", decision->removed_parameters);
	optional(jw, "obligations", decision->obligations);
	sark_jw_str(jw, "sensitivity", decision->sensitivity);
	sark_jw_str(jw, "policy_revision", decision->revision);
	sark_jw_int(jw, "cache_ttl", decision->cache_ttl_s);
	sark_jw_str(jw, "audit_id", decision->audit_id);
	optional(jw, "explanation", decision->explanation);
	sark_jw_close(jw);
}

static void
count_one(struct sark_app *app, const char *family, const char *label)
{
	char *name = sark_format(app->mem, "%s\"%s\"}", family, label);

	sark_str_lower(name);
	sark_metric_add(sark_metric_of(app->metrics, name), 1);
}

/* BYPASS that nobody asked for says that Redis is away. */
static void
count(struct sark_app *app, const struct sark_decision *decision)
{
	count_one(app, "sark_decisions_total{outcome=",
	    decision->unavailable ? "unavailable"
		: decision->allow ? "allow"
				  : "deny");
	count_one(app, "sark_decision_cache_total{result=",
	    sark_cache_status_name(decision->cache));
}

int
post_evaluate(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct sark_question question =
	    *(const struct sark_question *)req->input;
	struct sark_decision *decision;
	struct sark_jw jw;

	question.bypass_cache = req->no_cache;
	if (sark_policy_decide(app, req->caller, &question, &decision, err) ==
	    -1)
		return -1;
	count(app, decision);
	sark_jw_init(&jw, &resp->body);
	write_decision(&jw, decision);
	return sark_resp_header(resp, err, "X-Cache-Status", "%s",
	    sark_cache_status_name(decision->cache));
}
