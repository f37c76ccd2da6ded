#include "policy/decide.h"

#include <string.h>

#include "audit/event.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/level.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/span.h"
#include "base/str.h"
#include "json/writer.h"
#include "policy/answer.h"
#include "policy/cache.h"
#include "policy/engine.h"
#include "policy/facts.h"
#include "policy/input.h"
#include "policy/record.h"
#include "policy/subject.h"
#include "store/gate.h"
#include "store/servers.h"

/* One question on its way to an answer. */
struct asked {
	struct sark_app *app;
	const struct sark_caller *caller;
	const struct sark_question *question;
	struct sark_subject subject;
	struct sark_recalled recalled; /* and the facts, from wherever */
	struct sark_buf input;
	const char *answer; /* the engine's, for explain */
	size_t answer_len;
};

/* [a-z0-9_]+(:[a-z0-9_]+)+ */
static bool
is_action(const char *s)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n, words = 0;

	for (;; s += n + 1) {
		n = strspn(s, word);
		if (n == 0)
			return false;
		words++;
		if (s[n] == '\0')
			return words >= 2;
		if (s[n] != ':')
			return false;
	}
}

static int
check_question(const struct sark_question *question, struct sark_err *err)
{
	enum sark_json_type type = sark_json_type(question->resource);

	if (!is_action(question->action))
		sark_err_field(err, "/action",
		    "must be lower-case words joined by ':', like tool:invoke");
	if (type != SARK_JSON_NULL && type != SARK_JSON_STRING &&
	    type != SARK_JSON_OBJECT)
		sark_err_field(err, "/resource", "must be a text or an object");
	return err->code == SARK_OK ? 0 : -1;
}

int64_t
sark_decision_ttl(const char *sensitivity, int64_t said_s, int64_t now_s)
{
	static const int64_t tiers[] = {
		[SARK_LEVEL_LOW] = 600,
		[SARK_LEVEL_MEDIUM] = 300,
		[SARK_LEVEL_HIGH] = 60,
		[SARK_LEVEL_CRITICAL] = 30,
	};
	enum sark_level level = SARK_LEVEL_CRITICAL;
	int64_t most;

	if (sark_level_parse(sensitivity, &level) == -1)
		level = SARK_LEVEL_CRITICAL;
	most = tiers[level];
	if (said_s == SARK_TTL_UNSAID)
		said_s = 60 - now_s % 60;
	return said_s < most ? said_s : most;
}

/* The engine failed: deny, and nothing of its answer is used. */
static void
deny_unavailable(
    struct asked *asked, struct sark_decision *decision, struct sark_err *why)
{
	sark_log(SARK_LOG_ERROR, "policy_unavailable", "text", why->text,
	    "request_id", asked->caller->request_id, NULL);
	decision->allow = false;
	decision->unavailable = true;
	decision->reason = "policy_unavailable";
	decision->rule = "";
	decision->filtered_parameters = decision->removed_parameters = "";
	decision->obligations = "[]";
	decision->cache_ttl_s = 0;
}

static int
run_engine(struct asked *asked, const struct sark_engine_input *input,
    struct sark_err *err)
{
	struct sark_app *app = asked->app;
	struct sark_span span;
	int ret;

	sark_span_begin(
	    app->tracer, &span, SARK_SPAN_ENGINE, "policy evaluate");
	ret = sark_engine_eval(app->policy->engine, app->mem, input,
	    &asked->answer, &asked->answer_len, err);
	sark_span_end(
	    app->tracer, &span, ret == -1 ? sark_code_name(err->code) : "");
	return ret;
}

static int
evaluate(
    struct asked *asked, struct sark_decision *decision, struct sark_err *err)
{
	struct sark_engine_input input = { .now_ns = asked->caller->time_ns };
	struct sark_app *app = asked->app;

	if (!asked->recalled.facts_found &&
	    sark_facts_load(
		app, asked->question, &asked->recalled.facts, err) == -1)
		return -1;
	decision->sensitivity =
	    sark_level_name(asked->recalled.facts.sensitivity);
	sark_buf_init(&asked->input, app->mem);
	sark_policy_input(&asked->input, &asked->subject, asked->question,
	    &asked->recalled.facts, asked->caller);
	input.json = asked->input.data;
	input.len = asked->input.len;
	if (run_engine(asked, &input, err) == -1)
		return -1;
	return sark_answer_read(
	    app->mem, asked->answer, asked->answer_len, decision, err);
}

/* The caller's roles are in the key; another's stand for as long as they do. */
static void
end_with_roles(
    const struct sark_subject *subject, struct sark_decision *decision)
{
	int64_t left_s = (subject->until_ms - sark_clock_ms()) / 1000;

	if (subject->until_ms == 0 || left_s >= decision->cache_ttl_s)
		return;
	decision->cache_ttl_s = left_s > 0 ? left_s : 0;
}

/* Decides by the engine; whatever fails on the way is a deny. */
static int
decide_fresh(
    struct asked *asked, struct sark_decision *decision, struct sark_err *err)
{
	struct sark_err why;

	if (sark_subject_load(asked->app, &asked->subject, err) == -1)
		return -1;
	sark_err_init(&why);
	decision->sensitivity = sark_level_name(SARK_LEVEL_HIGH);
	if (evaluate(asked, decision, &why) == -1) {
		deny_unavailable(asked, decision, &why);
		return 0;
	}
	decision->cache_ttl_s = sark_decision_ttl(decision->sensitivity,
	    decision->cache_ttl_s, asked->caller->time_ns / 1000000000);
	end_with_roles(&asked->subject, decision);
	return 0;
}

/* Looks into the cache: true if the decision was there. */
static bool
recall(struct asked *asked, struct sark_decision *decision)
{
	struct sark_app *app = asked->app;
	const struct sark_cache_query query = { asked->caller, &asked->subject,
		asked->question, decision->revision };
	const struct sark_recalled *recalled = &asked->recalled;
	struct sark_decision kept;

	sark_cache_recall(app, app->policy->cache, &query, &asked->recalled);
	if (recalled->place.away || recalled->place.held)
		return false;
	decision->cache = SARK_CACHE_MISS;
	kept = *decision; /* of a record that is none nothing is used */
	if (recalled->decision == NULL ||
	    sark_decision_from_record(app->mem, recalled->decision,
		decision->revision, sark_clock_s(), &kept) == 0)
		return false;
	*decision = kept;
	decision->cache = SARK_CACHE_HIT;
	return true;
}

/* Asks the engine about who has passed the gate. */
static int
decide_uncached(
    struct asked *asked, struct sark_decision *decision, struct sark_err *err)
{
	int verdict = sark_gate_pass(asked->app, err);

	if (verdict != SARK_GATE_SAME)
		return verdict;
	if (decide_fresh(asked, decision, err) == -1)
		return -1;
	decision->cache_ttl_s = 0;
	return 0;
}

static int
decide_cached(
    struct asked *asked, struct sark_decision *decision, struct sark_err *err)
{
	bool found = recall(asked, decision), facts_known;
	int verdict = sark_gate_pass(asked->app, err);

	if (verdict != SARK_GATE_SAME || found)
		return verdict;
	facts_known = asked->recalled.facts_found;
	sark_figure_add(asked->app->tracer,
	    facts_known ? SARK_FIGURE_FACTS_HIT : SARK_FIGURE_FACTS_MISS);
	if (decide_fresh(asked, decision, err) == -1)
		return -1;
	if (decision->cache == SARK_CACHE_BYPASS)
		decision->cache_ttl_s = 0;
	else if (!decision->unavailable)
		sark_cache_remember(asked->app, &asked->recalled.place,
		    decision, facts_known ? NULL : &asked->recalled.facts);
	return 0;
}

/* A caller who was only guessed may be more by now. */
static int
refuse_subject(const struct asked *asked, struct sark_err *err)
{
	struct sark_err gate;

	sark_err_init(&gate);
	switch (sark_gate_pass(asked->app, &gate)) {
	case SARK_GATE_OTHER:
		sark_err_init(err);
		return SARK_GATE_OTHER;
	case SARK_GATE_REFUSED:
		*err = gate;
	}
	return -1;
}

/* 1: the caller is another than was thought, and nothing is decided. */
static int
decide(
    struct asked *asked, struct sark_decision *decision, struct sark_err *err)
{
	const struct sark_question *question = asked->question;

	memset(decision, 0, sizeof(*decision));
	decision->revision = sark_policy_revision(asked->app->policy);
	decision->explanation = "";
	if (sark_subject_of(
		asked->caller, question->user_id, &asked->subject, err) == -1)
		return refuse_subject(asked, err);
	if (!asked->app->policy->cached || question->bypass_cache ||
	    question->explain || question->server != NULL)
		return decide_uncached(asked, decision, err);
	return decide_cached(asked, decision, err);
}

static void
explain(struct asked *asked, struct sark_decision *decision)
{
	struct sark_buf buf;
	struct sark_jw jw;

	if (!asked->question->explain || asked->answer == NULL)
		return;
	sark_buf_init(&buf, asked->app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_raw(&jw, "input", asked->input.data, asked->input.len);
	sark_jw_raw(&jw, "output", asked->answer, asked->answer_len);
	sark_jw_close(&jw);
	decision->explanation = buf.data;
}

/* An emergency override is told to somebody: the policy asks for a notice. */
static enum sark_severity
severity_of(const struct sark_decision *decision)
{
	if (decision->allow)
		return strstr(decision->obligations,
			   "\"type\":\"notification\"") != NULL
		    ? SARK_SEVERITY_CRITICAL
		    : SARK_SEVERITY_LOW;
	return decision->unavailable ||
		sark_str_eq(decision->sensitivity, "critical")
	    ? SARK_SEVERITY_HIGH
	    : SARK_SEVERITY_MEDIUM;
}

static const char *
resource_of(const struct sark_question *question)
{
	const char *resource;

	if (question->tool != NULL)
		return question->tool;
	if (question->server != NULL)
		return question->server->name;
	if (question->server_id != NULL)
		return question->server_id;
	resource = sark_json_str(question->resource);
	if (resource == NULL)
		resource =
		    sark_json_str(sark_json_get(question->resource, "id"));
	return resource;
}

static void
add_raw(struct sark_jw *jw, const char *name, const char *text)
{
	if (*text != '\0' && !sark_str_eq(text, "[]"))
		sark_jw_raw(jw, name, text, strlen(text));
}

/* Never the parameters themselves: they may hold what must not be kept. */
static const char *
detail_of(const struct asked *asked, const struct sark_decision *decision)
{
	struct sark_buf buf;
	struct sark_jw jw;

	sark_buf_init(&buf, asked->app->mem);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "rule", decision->rule);
	sark_jw_str(&jw, "sensitivity", decision->sensitivity);
	sark_jw_str(&jw, "cache", sark_cache_status_name(decision->cache));
	sark_jw_str(&jw, "policy_revision", decision->revision);
	if (asked->question->server_id != NULL)
		sark_jw_str(&jw, "server_id", asked->question->server_id);
	if (asked->subject.other)
		sark_jw_str(&jw, "subject", asked->subject.user_id);
	add_raw(&jw, "removed_parameters", decision->removed_parameters);
	add_raw(&jw, "obligations", decision->obligations);
	sark_jw_close(&jw);
	return buf.data;
}

static int
audit(const struct asked *asked, struct sark_decision *decision,
    struct sark_err *err)
{
	struct sark_event event;

	sark_event_init(&event, asked->caller, "policy_decision");
	event.severity = severity_of(decision);
	event.outcome = decision->unavailable ? "failure" : "success";
	event.action = asked->question->action;
	event.resource = resource_of(asked->question);
	event.decision = decision->allow ? "allow" : "deny";
	event.reason = decision->reason;
	event.detail = detail_of(asked, decision);
	sark_str_copy(decision->audit_id, sizeof(decision->audit_id), event.id);
	return sark_audit_spool(asked->app, &event, err);
}

int
sark_policy_decide(struct sark_app *app, const struct sark_caller *caller,
    const struct sark_question *question, struct sark_decision **decision_r,
    struct sark_err *err)
{
	struct asked asked = {
		.app = app, .caller = caller, .question = question
	};
	struct sark_decision *decision =
	    sark_new(app->mem, struct sark_decision);
	int again;

	if (check_question(question, err) == -1)
		return -1;
	do
		again = decide(&asked, decision, err);
	while (again == SARK_GATE_OTHER);
	if (again == -1)
		return -1;
	explain(&asked, decision);
	if (audit(&asked, decision, err) == -1)
		return -1;
	*decision_r = decision;
	return 0;
}
