/*
 * The default policy in the native engine: whole inputs and whole answers,
 * the same table that the policy itself is tested with.
 */
#include "engine_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "json/reader.h"
#include "policy/term.h"

#define CASES_MAX ((size_t)4 << 20)
#define ROUNDS	  100000
/* Growth of the resident set that 100,000 evaluations may show, in pages. */
#define GROWTH_PAGES 64

static struct fixture *fixture;
static struct sark_engine *engine;
static const struct sark_json *cases;

static int
setup(void **state SARK_UNUSED)
{
	char *text;
	size_t len;

	fixture = fixture_new();
	if (fixture_build(fixture, fixture_path(fixture, "etc/policy")) != 0)
		fail_msg("%s", fixture->output);
	engine = fixture_open(fixture, NULL);
	if (sark_file_read(fixture,
		fixture_path(fixture, "t/data/policy_cases.json"), CASES_MAX,
		&text, &len, &fixture->err) == -1 ||
	    sark_json_parse(fixture, text, len, &cases, &fixture->err) == -1)
		fail_msg("%s", fixture->err.text);
	return 0;
}

static int
teardown(void **state SARK_UNUSED)
{
	fixture_free(fixture);
	return 0;
}

/* In order of keys, so that two texts can be compared. */
static const char *
settled(const char *text)
{
	struct sark_term *term;
	struct sark_buf buf;

	assert_int_equal(
	    sark_term_parse(fixture, text, strlen(text), &term), 0);
	sark_buf_init(&buf, fixture);
	sark_term_write(&buf, term);
	return buf.data;
}

static const char *
member_text(const struct sark_json *value, const char *name)
{
	size_t len;

	return sark_json_text(fixture, sark_json_get(value, name), &len);
}

static void
answers_every_case(void **state SARK_UNUSED)
{
	size_t i, wrong = 0, count = sark_json_count(cases);
	const struct sark_json *row;
	const char *answer, *want;

	assert_true(count > 100);
	for (i = 0; i < count; i++) {
		row = sark_json_element(cases, i);
		want = settled(member_text(row, "expect"));
		answer =
		    fixture_ask(fixture, engine, member_text(row, "input"));
		if (answer != NULL && strcmp(settled(answer), want) == 0)
			continue;
		wrong++;
		print_error("%s: %s instead of %s\n",
		    sark_json_str(sark_json_get(row, "name")),
		    answer != NULL ? answer : fixture->err.text, want);
	}
	assert_int_equal(wrong, 0);
}

/* AddressSanitizer keeps freed memory back, to see who still uses it. */
#ifndef __SANITIZE_ADDRESS__
static long
resident_pages(void)
{
	long size, resident = -1;
	FILE *statm = fopen("/proc/self/statm", "re");

	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%ld %ld", &size, &resident), 2);
	fclose(statm);
	return resident;
}

static void
evaluate(void *ctx, const char *json, size_t len)
{
	const struct sark_engine_input input = {
		.json = json, .len = len, .now_ns = 1
	};
	const char *answer;
	size_t answer_len;

	if (sark_engine_eval(
		engine, ctx, &input, &answer, &answer_len, &fixture->err) == -1)
		fail_msg("%s", fixture->err.text);
	talloc_free_children(ctx);
}

static void
accumulates_nothing(void **state SARK_UNUSED)
{
	size_t i, count = sark_json_count(cases);
	const char **inputs = sark_new_array(fixture, const char *, count);
	void *ctx = talloc_new(fixture);
	long before;

	for (i = 0; i < count; i++) {
		inputs[i] = member_text(sark_json_element(cases, i), "input");
		evaluate(ctx, inputs[i], strlen(inputs[i]));
	}
	before = resident_pages();
	for (i = 0; i < ROUNDS; i++)
		evaluate(ctx, inputs[i % count], strlen(inputs[i % count]));
	assert_in_range(resident_pages(), 0, before + GROWTH_PAGES);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_every_case),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(accumulates_nothing),
#endif
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
