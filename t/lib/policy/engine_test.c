/*
 * The native engine and a policy that misbehaves: whatever it does ends in
 * an error, and the next evaluation works.
 */
#include "config.h"

#include "engine_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define DEADLINE_MS 50
#define ROUNDS	    300

static struct fixture *fixture;
static struct sark_engine *engine;
static const struct sark_engine_limits limits = { .deadline_ms = DEADLINE_MS,
	.memory_bytes = 4 << 20 };

static int
setup(void **state SARK_UNUSED)
{
	fixture = fixture_new();
	if (fixture_build_wat(fixture, "faults") != 0)
		fail_msg("%s", fixture->output);
	engine = fixture_open(fixture, &limits);
	return 0;
}

static int
teardown(void **state SARK_UNUSED)
{
	fixture_free(fixture);
	return 0;
}

static void
assert_answers(void)
{
	const char *answer = fixture_ask(fixture, engine, "{}");

	if (answer == NULL)
		fail_msg("%s", fixture->err.text);
	assert_string_equal(answer, "{\"allow\":true}");
}

static void
assert_fails(const char *input, const char *why)
{
	const char *answer = fixture_ask(fixture, engine, input);

	if (answer != NULL)
		fail_msg("%s gave %s", input, answer);
	assert_int_equal(fixture->err.code, SARK_POLICY_UNAVAILABLE);
	if (strstr(fixture->err.text, why) == NULL)
		fail_msg("%s: %s instead of %s", input, fixture->err.text, why);
}

static void
survives_every_fault(void **state SARK_UNUSED)
{
	static const struct {
		const char *input, *why;
	} faults[] = {
		{ "\"T\"", "trap: unreachable" },
		{ "\"D\"", "trap: integer division" },
		{ "\"O\"", "trap: memory access out of bounds" },
		{ "\"R\"", "trap: call stack exhausted" },
		{ "\"A\"", "abort: something broke" },
		{ "\"a\"", "abort: no reason given" },
		{ "\"U\"", "undefined" },
		{ "\"W\"", "no answer" },
		{ "\"0\"", "no answer" },
		{ "\"M\"", "more than 4194304 bytes" },
		{ "\"X\"", "of an unknown number failed" },
		{ "\"P\"", "time.clock failed" },
		{ "\"p\"", "time.clock failed" },
	};
	size_t i;

	assert_answers();
	for (i = 0; i < SARK_COUNT(faults); i++) {
		assert_fails(faults[i].input, faults[i].why);
		assert_answers();
	}
}

static void
calls_builtins(void **state SARK_UNUSED)
{
	const char *answer = fixture_ask(fixture, engine, "\"B\"");

	if (answer == NULL)
		fail_msg("%s", fixture->err.text);
	assert_string_equal(answer, "{\"allow\":true}");
}

static int64_t
spent_ms(int64_t since)
{
	return (sark_clock_mono_ns() - since) / 1000000;
}

static void
ends_a_loop_at_the_deadline(void **state SARK_UNUSED)
{
	int64_t since = sark_clock_mono_ns();

	assert_fails("\"L\"", "deadline");
	assert_in_range(spent_ms(since), DEADLINE_MS, DEADLINE_MS * 20);
	assert_answers();
}

/* The builtin works longer than the deadline, and comes to its end. */
static void
never_interrupts_a_builtin(void **state SARK_UNUSED)
{
	const struct sark_engine_limits short_limits = { .deadline_ms = 1,
		.memory_bytes = 16 << 20 };
	struct sark_engine *usual = engine;

	engine = fixture_open(fixture, &short_limits);
	assert_fails("\"S\"", "deadline");
	assert_answers();
	talloc_free(engine);
	engine = usual;
}

/* Memory of an instance that failed does not reach the next evaluation. */
static void
starts_afresh_after_a_fault(void **state SARK_UNUSED)
{
	assert_fails("\"T\"", "trap");
	assert_string_equal(
	    fixture_ask(fixture, engine, "\"F\""), "\"first call\"");
	assert_string_equal(fixture_ask(fixture, engine, "\"F\""), "\"again\"");
}

static void
refuses_an_input_beyond_the_cap(void **state SARK_UNUSED)
{
	size_t len = (size_t)limits.memory_bytes - 100;
	char *input = sark_new_array(fixture, char, len + 1);

	memset(input, 'x', len);
	input[0] = '"';
	input[len - 1] = '"';
	assert_fails(input, "bytes of memory");
	input = sark_format(fixture, "%s%s", input, input);
	assert_fails(input, "bytes of memory");
	assert_answers();
}

/* A timer does not survive fork: a child must have its own. */
static void
keeps_the_deadline_in_a_child(void **state SARK_UNUSED)
{
	const char *answer;
	int status;
	pid_t pid;

	assert_answers();
	pid = fork();
	if (pid == 0) {
		alarm(10);
		answer = fixture_ask(fixture, engine, "\"L\"");
		_exit(answer == NULL &&
			    strstr(fixture->err.text, "deadline") != NULL &&
			    fixture_ask(fixture, engine, "{}") != NULL
			? 0
			: 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_fails("\"L\"", "deadline");
	assert_answers();
}

static void
two_engines_do_not_meet(void **state SARK_UNUSED)
{
	struct sark_engine *other = fixture_open(fixture, &limits);

	assert_non_null(fixture_ask(fixture, other, "{}"));
	assert_fails("\"T\"", "trap");
	assert_string_equal(fixture_ask(fixture, other, "\"F\""), "\"again\"");
	talloc_free(other);
	assert_answers();
}

static void
faults_accumulate_nothing(void **state SARK_UNUSED)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		assert_fails("\"T\"", "trap");
		assert_fails("\"M\"", "memory");
	}
	assert_answers();
}

static void
tells_about_itself(void **state SARK_UNUSED)
{
	struct sark_engine_info info;

	sark_engine_info(engine, &info);
	assert_int_equal(strlen(info.revision), 32);
	assert_string_equal(info.revision, sark_engine_revision(engine));
	assert_string_equal(info.entrypoint, "sark/decision");
	assert_string_equal(info.sources[0], "policy.rego");
	assert_null(info.sources[1]);
	assert_string_equal(info.builtins[0], "net.cidr_expand");
	assert_string_equal(info.builtins[1], "time.clock");
	assert_null(info.builtins[2]);
	assert_true(info.loaded_at_ms >= info.built_at_ms);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_every_fault),
		cmocka_unit_test(calls_builtins),
		cmocka_unit_test(ends_a_loop_at_the_deadline),
		cmocka_unit_test(never_interrupts_a_builtin),
		cmocka_unit_test(starts_afresh_after_a_fault),
		cmocka_unit_test(refuses_an_input_beyond_the_cap),
		cmocka_unit_test(keeps_the_deadline_in_a_child),
		cmocka_unit_test(two_engines_do_not_meet),
		cmocka_unit_test(faults_accumulate_nothing),
		cmocka_unit_test(tells_about_itself),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
