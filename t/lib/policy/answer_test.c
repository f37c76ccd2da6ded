/* OPA-05, OPA-03: what an engine or Redis says must be exactly of the form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/answer.h"
#include "policy/decide.h"
#include "policy/facts.h"
#include "policy/record.h"

static int
reads(void *ctx, const char *text, struct sark_decision *decision)
{
	struct sark_err err;

	sark_err_init(&err);
	memset(decision, 0, sizeof(*decision));
	if (sark_answer_read(ctx, text, strlen(text), decision, &err) == 0)
		return 0;
	assert_int_equal(err.code, SARK_POLICY_UNAVAILABLE);
	return -1;
}

static void
odd_answers_are_faults(void **state)
{
	static const char *const odd[] = { "", "{}", "null", "true", "\"true\"",
		"[]", "{\"allow\":\"true\"}", "{\"allow\":1}",
		"{\"allow\":null}", "{\"allow\":true,\"allow\":false}",
		"{\"allow\":true", "{\"allow\":true}x", "<html>",
		"{\"allow\":true,\"reason\":1}",
		"{\"allow\":true,\"cache_ttl\":-1}",
		"{\"allow\":true,\"cache_ttl\":1.5}",
		"{\"allow\":true,\"obligations\":{}}",
		"{\"allow\":true,\"filtered_parameters\":[]}",
		"{\"allow\":true,\"removed_parameters\":\"a\"}",
		"{\"allow\":true,\"permit\":true}", "{\"Allow\":true}" };
	struct sark_decision decision;
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(odd); i++)
		assert_int_equal(reads(ctx, odd[i], &decision), -1);
	talloc_free(ctx);
}

static void
good_answers_are_read(void **state)
{
	struct sark_decision decision;
	void *ctx = talloc_new(NULL);

	(void)state;
	assert_int_equal(reads(ctx, "{\"allow\":true}", &decision), 0);
	assert_true(decision.allow);
	assert_int_equal(decision.cache_ttl_s, SARK_TTL_UNSAID);
	assert_int_equal(
	    reads(ctx,
		"{\"allow\":false,\"reason\":\"no\",\"rule\":\"rbac\","
		"\"cache_ttl\":7,\"obligations\":[{\"type\":\"approval\"}],"
		"\"filtered_parameters\":{\"a\":1},"
		"\"removed_parameters\":[\"b\"]}",
		&decision),
	    0);
	assert_false(decision.allow);
	assert_string_equal(decision.rule, "rbac");
	assert_int_equal(decision.cache_ttl_s, 7);
	assert_string_equal(decision.filtered_parameters, "{\"a\":1}");
	talloc_free(ctx);
}

static void
tiers_bound_the_life(void **state)
{
	(void)state;
	assert_int_equal(sark_decision_ttl("critical", 1000, 0), 30);
	assert_int_equal(sark_decision_ttl("high", 1000, 0), 60);
	assert_int_equal(sark_decision_ttl("medium", 1000, 0), 300);
	assert_int_equal(sark_decision_ttl("low", 1000, 0), 600);
	assert_int_equal(sark_decision_ttl("low", 7, 0), 7);
	assert_int_equal(sark_decision_ttl("low", 0, 0), 0);
	assert_int_equal(sark_decision_ttl("nonsense", 1000, 0), 30);
	/* said nothing at second 50 of a minute */
	assert_int_equal(sark_decision_ttl("low", SARK_TTL_UNSAID, 650), 10);
}

static struct sark_decision
some_decision(void)
{
	struct sark_decision decision = { .allow = true,
		.reason = "the role",
		.rule = "rbac",
		.sensitivity = "low",
		.filtered_parameters = "",
		.removed_parameters = "",
		.obligations = "[]",
		.revision = "r1" };

	return decision;
}

static void
records_round_trip(void **state)
{
	struct sark_decision decision = some_decision(), back;
	void *ctx = talloc_new(NULL);
	const char *record = sark_decision_to_record(ctx, &decision, 1000);

	(void)state;
	assert_int_equal(
	    sark_decision_from_record(ctx, record, "r1", 990, &back), 1);
	assert_true(back.allow);
	assert_int_equal(back.cache_ttl_s, 10);
	assert_string_equal(back.reason, "the role");
	/* other revision, over */
	assert_int_equal(
	    sark_decision_from_record(ctx, record, "r2", 990, &back), 0);
	assert_int_equal(
	    sark_decision_from_record(ctx, record, "r1", 1000, &back), 0);
	talloc_free(ctx);
}

static void
cut_records_are_misses(void **state)
{
	struct sark_decision decision = some_decision(), back;
	void *ctx = talloc_new(NULL);
	const char *record = sark_decision_to_record(ctx, &decision, 1000);
	size_t i, len = strlen(record);

	(void)state;
	for (i = 0; i < len; i++)
		assert_int_equal(
		    sark_decision_from_record(
			ctx, sark_strndup(ctx, record, i), "r1", 990, &back),
		    0);
	assert_int_equal(sark_decision_from_record(ctx,
			     sark_format(ctx, "%s,", record), "r1", 990, &back),
	    0);
	assert_int_equal(
	    sark_decision_from_record(ctx, "true", "r1", 990, &back), 0);
	talloc_free(ctx);
}

static void
facts_round_trip(void **state)
{
	struct sark_facts facts = { SARK_LEVEL_HIGH, "{\"name\":\"t\"}", "" };
	struct sark_facts back;
	void *ctx = talloc_new(NULL);
	const char *record = sark_facts_to_record(ctx, &facts);

	(void)state;
	assert_int_equal(sark_facts_from_record(ctx, record, &back), 1);
	assert_int_equal(back.sensitivity, SARK_LEVEL_HIGH);
	assert_string_equal(back.tool, facts.tool);
	assert_int_equal(
	    sark_facts_from_record(ctx, "1:1,1:9,0:,0:,", &back), 0);
	assert_int_equal(
	    sark_facts_from_record(ctx, "1:1,1:3,0:,0:,", &back), 1);
	assert_int_equal(
	    sark_facts_from_record(ctx, "1:1,1:3,0:,-,", &back), 0);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_answers_are_faults),
		cmocka_unit_test(good_answers_are_read),
		cmocka_unit_test(tiers_bound_the_life),
		cmocka_unit_test(records_round_trip),
		cmocka_unit_test(cut_records_are_misses),
		cmocka_unit_test(facts_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
