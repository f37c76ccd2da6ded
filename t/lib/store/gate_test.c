/* The gate of a request: asked once, and what it refuses stays refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/gate.h"

/* A part that says what it is told to. */
struct part {
	int verdict;
	int judged;
	const struct sark_reply *reply;
};

struct fixture {
	struct sark_app app;
	struct sark_gate gate;
	struct part parts[2];
	int again; /* what becomes of another caller */
	int asked_again;
	struct sark_err err;
};

static int
judge(void *arg, const struct sark_reply *reply, struct sark_err *err)
{
	struct part *part = arg;

	part->judged++;
	part->reply = reply;
	if (part->verdict == SARK_GATE_REFUSED)
		sark_err_set(err, SARK_INVALID_TOKEN, "over");
	return part->verdict;
}

static int
again(void *arg, struct sark_err *err)
{
	struct fixture *f = arg;

	f->asked_again++;
	if (f->again == -1)
		sark_err_set(err, SARK_FORBIDDEN, "no longer");
	return f->again;
}

static int
setup(void **state)
{
	static const char *const get[] = { "GET", "a" };
	struct fixture *f = sark_new(NULL, struct fixture);
	size_t i;

	f->app.mem = f;
	f->app.gate = &f->gate;
	for (i = 0; i < SARK_COUNT(f->parts); i++)
		f->gate.parts[i] = (struct sark_gate_part){
			.cmd = { 2, get, NULL },
			.judge = judge,
			.arg = &f->parts[i],
		};
	f->gate.count = SARK_COUNT(f->parts);
	f->gate.again = again;
	f->gate.arg = f;
	sark_err_init(&f->err);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	talloc_free(*state);
	return 0;
}

static void
whoever_passed_is_asked_no_more(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sark_gate_pass(&f->app, &f->err), SARK_GATE_SAME);
	assert_null(f->app.gate);
	assert_int_equal(sark_gate_pass(&f->app, &f->err), SARK_GATE_SAME);
	assert_int_equal(f->parts[0].judged, 1);
	assert_int_equal(f->parts[1].judged, 1);
	assert_int_equal(f->asked_again, 0);
	/* There is no Redis here, which the parts were told. */
	assert_null(f->parts[0].reply);
}

static void
what_was_refused_stays_refused(void **state)
{
	struct fixture *f = *state;
	int round;

	f->parts[0].verdict = SARK_GATE_REFUSED;
	for (round = 0; round < 3; round++) {
		sark_err_init(&f->err);
		assert_int_equal(
		    sark_gate_pass(&f->app, &f->err), SARK_GATE_REFUSED);
		assert_int_equal(f->err.code, SARK_INVALID_TOKEN);
		assert_ptr_equal(f->app.gate, &f->gate);
		f->parts[0].verdict = SARK_GATE_SAME;
	}
	assert_int_equal(f->parts[0].judged, 1);
	/* Nor does a part behind it speak. */
	assert_int_equal(f->parts[1].judged, 0);
}

static void
another_caller_may_or_may_not(void **state)
{
	struct fixture *f = *state;

	f->parts[0].verdict = SARK_GATE_OTHER;
	assert_int_equal(sark_gate_pass(&f->app, &f->err), SARK_GATE_OTHER);
	assert_int_equal(f->parts[1].judged, 1);
	assert_int_equal(f->asked_again, 1);
	assert_null(f->app.gate);

	f->app.gate = &f->gate;
	f->again = -1;
	assert_int_equal(sark_gate_pass(&f->app, &f->err), SARK_GATE_REFUSED);
	assert_int_equal(f->err.code, SARK_FORBIDDEN);
	assert_non_null(f->app.gate);
}

static void
a_later_part_may_refuse(void **state)
{
	struct fixture *f = *state;

	f->parts[0].verdict = SARK_GATE_OTHER;
	f->parts[1].verdict = SARK_GATE_REFUSED;
	assert_int_equal(sark_gate_pass(&f->app, &f->err), SARK_GATE_REFUSED);
	assert_int_equal(f->err.code, SARK_INVALID_TOKEN);
}

static void
its_commands_ride_once(void **state)
{
	const struct sark_reply replies[SARK_GATE_PARTS] = { { 0 } };
	struct sark_redis_cmd cmds[SARK_GATE_PARTS];
	struct fixture *f = *state;

	assert_int_equal(sark_gate_ask(&f->app, cmds), 2);
	assert_string_equal(cmds[1].argv[0], "GET");
	sark_gate_answer(&f->app, replies);
	assert_int_equal(sark_gate_ask(&f->app, cmds), 0);
	assert_int_equal(f->parts[0].judged, 0);
	assert_int_equal(sark_gate_pass(&f->app, &f->err), SARK_GATE_SAME);
	assert_ptr_equal(f->parts[0].reply, &replies[0]);
	assert_ptr_equal(f->parts[1].reply, &replies[1]);
	/* Without a gate there is nothing to ask, or to answer. */
	assert_int_equal(sark_gate_ask(&f->app, cmds), 0);
	sark_gate_answer(&f->app, replies);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_passed_is_asked_no_more),
		TEST(what_was_refused_stays_refused),
		TEST(another_caller_may_or_may_not),
		TEST(a_later_part_may_refuse),
		TEST(its_commands_ride_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
