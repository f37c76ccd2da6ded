/*
 * Records and texts that our own programs wrote, read back from Redis, from
 * the policy and from its folder.  The first byte: d a decision, f facts, a
 * the policy's answer, m a manifest, t a term.  What is taken, written again
 * and read again is the same.
 */
#include "fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/reader.h"
#include "policy/answer.h"
#include "policy/facts.h"
#include "policy/manifest.h"
#include "policy/record.h"
#include "policy/term.h"

#define REVISION "0123456789abcdef0123456789abcdef"
#define NOW_S	 1767225600

const char fuzz_name[] = "record";

static void
check_decision(void *ctx, const char *record)
{
	struct sark_decision decision = { 0 }, again = { 0 };
	const char *text;

	if (sark_decision_from_record(
		ctx, record, REVISION, NOW_S, &decision) == 0)
		return;
	fuzz_holds(decision.cache_ttl_s > 0);
	fuzz_holds(sark_str_eq(decision.revision, REVISION));
	text = sark_decision_to_record(
	    ctx, &decision, NOW_S + decision.cache_ttl_s);
	fuzz_holds(
	    sark_decision_from_record(ctx, text, REVISION, NOW_S, &again) == 1);
	fuzz_holds(decision.allow == again.allow);
	fuzz_holds(decision.cache_ttl_s == again.cache_ttl_s);
	fuzz_holds(sark_str_eq(decision.reason, again.reason));
	fuzz_holds(sark_str_eq(decision.rule, again.rule));
	fuzz_holds(sark_str_eq(decision.sensitivity, again.sensitivity));
	fuzz_holds(sark_str_eq(decision.obligations, again.obligations));
	fuzz_holds(sark_str_eq(
	    decision.filtered_parameters, again.filtered_parameters));
	fuzz_holds(
	    sark_str_eq(decision.removed_parameters, again.removed_parameters));
	fuzz_holds(sark_decision_from_record(
		       ctx, record, "another", NOW_S, &again) == 0);
	fuzz_holds(sark_decision_from_record(ctx, record, REVISION,
		       NOW_S + decision.cache_ttl_s, &again) == 0);
}

static void
check_facts(void *ctx, const char *record)
{
	struct sark_facts facts, again;

	if (sark_facts_from_record(ctx, record, &facts) == 0)
		return;
	fuzz_holds(facts.sensitivity <= SARK_LEVEL_CRITICAL);
	fuzz_holds(sark_facts_from_record(
		       ctx, sark_facts_to_record(ctx, &facts), &again) == 1);
	fuzz_holds(facts.sensitivity == again.sensitivity);
	fuzz_holds(sark_str_eq(facts.tool, again.tool));
	fuzz_holds(sark_str_eq(facts.server, again.server));
}

/* A JSON text of this type, or none. */
static void
check_json(void *ctx, const char *text, enum sark_json_type type)
{
	const struct sark_json *value;
	struct sark_err err;

	if (*text == '\0')
		return;
	sark_err_init(&err);
	fuzz_holds(sark_json_parse(ctx, text, strlen(text), &value, &err) == 0);
	fuzz_holds(sark_json_type(value) == type);
}

static void
check_answer(void *ctx, const char *text, size_t len)
{
	struct sark_decision decision = { 0 };
	struct sark_err err;

	sark_err_init(&err);
	if (sark_answer_read(ctx, text, len, &decision, &err) == -1) {
		fuzz_holds(err.code == SARK_POLICY_UNAVAILABLE);
		return;
	}
	fuzz_holds(decision.reason != NULL && decision.rule != NULL);
	fuzz_holds(decision.cache_ttl_s >= SARK_TTL_UNSAID);
	check_json(ctx, decision.filtered_parameters, SARK_JSON_OBJECT);
	check_json(ctx, decision.removed_parameters, SARK_JSON_ARRAY);
	check_json(ctx, decision.obligations, SARK_JSON_ARRAY);
}

static void
check_manifest(void *ctx, const char *text, size_t len)
{
	struct sark_manifest manifest, again;
	const char *written;
	struct sark_err err;
	size_t n;

	sark_err_init(&err);
	if (sark_manifest_parse(ctx, text, len, &manifest, &err) == -1) {
		fuzz_holds(err.code == SARK_CONFIG);
		return;
	}
	fuzz_holds(strchr(manifest.object, '/') == NULL);
	fuzz_holds(strchr(manifest.data, '/') == NULL);
	written = sark_manifest_write(ctx, &manifest, &n);
	fuzz_holds(sark_manifest_parse(ctx, written, n, &again, &err) == 0);
	fuzz_holds(sark_str_eq(manifest.revision, again.revision));
	fuzz_holds(manifest.sources_count == again.sources_count);
}

static void
check_term(void *ctx, const char *text, size_t len)
{
	struct sark_term *term, *again;
	struct sark_buf out;

	if (sark_term_parse(ctx, text, len, &term) == -1)
		return;
	sark_buf_init(&out, ctx);
	sark_term_write(&out, term);
	fuzz_holds(sark_term_parse(ctx, out.data, out.len, &again) == 0);
	fuzz_holds(sark_term_compare(term, again) == 0);
	fuzz_holds(sark_term_compare(term, sark_term_copy(ctx, term)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = talloc_new(NULL);
	struct fuzz_input in = { data, size };
	uint8_t kind = fuzz_byte(&in);
	size_t len = in.left;
	const char *text = fuzz_text(&in, ctx);

	if (kind == 'd')
		check_decision(ctx, text);
	else if (kind == 'f')
		check_facts(ctx, text);
	else if (kind == 'a')
		check_answer(ctx, text, len);
	else if (kind == 'm')
		check_manifest(ctx, text, len);
	else
		check_term(ctx, text, len);
	talloc_free(ctx);
	return 0;
}
