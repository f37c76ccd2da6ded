#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/span.h"

#define START_NS INT64_C(5000000000)
#define WALL_NS	 INT64_C(1700000000000000000)

/* What the watcher was told. */
struct seen {
	struct sark_tracer *tracer;
	int ended, figures[SARK_FIGURES], finished;
	char error[32];
	struct sark_trace_record record;
	size_t len;
};

static void
ended(void *arg, const struct sark_span *span)
{
	struct seen *seen = arg;

	seen->ended++;
	snprintf(seen->error, sizeof(seen->error), "%s", span->error);
}

static void
figure(void *arg, enum sark_figure what)
{
	((struct seen *)arg)->figures[what]++;
}

static void
finished(void *arg, const struct sark_trace_record *record, size_t len)
{
	struct seen *seen = arg;

	seen->finished++;
	assert_true(len <= sizeof(seen->record));
	memset(&seen->record, 0xa5, sizeof(seen->record));
	memcpy(&seen->record, record, len);
	seen->len = len;
}

static struct seen *
watch(double ratio, int64_t callers_rate)
{
	struct seen *seen = sark_new(NULL, struct seen);
	const struct sark_watcher watcher = { ended, figure, finished, seen };
	const struct sark_sampling sampling = { ratio, callers_rate };

	seen->tracer =
	    sark_tracer_new(seen, "sark-policy", &sampling, &watcher);
	return seen;
}

static void
end_with(struct seen *seen, const char *path, enum sark_code code)
{
	const struct sark_trace_end end = {
		.method = "POST",
		.route = "/api/v1/policy/evaluate",
		.path = path,
		.status = 200,
		.https = true,
		.code = code,
	};

	sark_trace_end(seen->tracer, &end);
}

/* One request of the kind; whether it was sampled. */
static bool
request(struct seen *seen, const struct sark_trace_parent *parent)
{
	bool sampled =
	    sark_trace_begin(seen->tracer, parent, START_NS, WALL_NS);

	end_with(seen, "/", SARK_OK);
	return sampled;
}

static const struct sark_trace_parent sampled_parent = {
	.trace = { 0x0a, 0xf7, 0x65, 0x19 },
	.span = UINT64_C(0xb7ad6b7169203331),
	.sampled = true,
};

static void
spans_nest(void **state)
{
	struct seen *seen = watch(1, 0);
	const struct sark_span_record *span = seen->record.span;
	struct sark_span outer, inner, later;
	int i;

	(void)state;
	assert_true(
	    sark_trace_begin(seen->tracer, &sampled_parent, START_NS, WALL_NS));
	sark_span_begin(seen->tracer, &outer, SARK_SPAN_ENGINE, "evaluate");
	sark_span_begin(seen->tracer, &inner, SARK_SPAN_REDIS, "MGET");
	inner.commands = 3;
	sark_span_end(seen->tracer, &inner, "LOADING");
	sark_span_end(seen->tracer, &outer, "");
	sark_span_begin(
	    seen->tracer, &later, SARK_SPAN_POSTGRESQL, "tools_find");
	sark_span_end(seen->tracer, &later, "");
	end_with(seen, "/p", SARK_OK);

	assert_int_equal(seen->ended, 4);
	assert_int_equal(seen->finished, 1);
	assert_int_equal(seen->record.magic, SARK_TRACE_MAGIC);
	assert_int_equal(seen->record.spans, 4);
	assert_int_equal(seen->len, 432 + 4 * 128);
	assert_memory_equal(
	    seen->record.id, sampled_parent.trace, sizeof(seen->record.id));
	assert_string_equal(seen->record.program, "sark-policy");
	assert_string_equal(seen->record.method, "POST");
	assert_string_equal(seen->record.route, "/api/v1/policy/evaluate");
	assert_string_equal(seen->record.path, "/p");
	assert_int_equal(seen->record.https, 1);
	assert_int_equal(seen->record.status, 200);

	assert_true(span[0].parent == sampled_parent.span);
	assert_int_equal(span[0].kind, SARK_SPAN_REQUEST);
	assert_int_equal(span[0].start_ns, WALL_NS);
	assert_string_equal(span[1].name, "MGET");
	assert_string_equal(span[1].error, "LOADING");
	assert_int_equal(span[1].commands, 3);
	assert_true(span[1].parent == span[2].id);
	assert_string_equal(span[2].name, "evaluate");
	assert_true(span[2].parent == span[0].id);
	assert_true(span[3].parent == span[0].id);
	assert_true(span[1].start_ns >= span[2].start_ns);
	assert_true(span[1].end_ns <= span[2].end_ns);
	for (i = 0; i < 4; i++)
		assert_true(span[i].end_ns >= span[i].start_ns);
	talloc_free(seen);
}

static void
ids_differ(void **state)
{
	struct seen *seen = watch(1, 0);
	unsigned char trace[16];
	uint64_t id;
	int i;

	(void)state;
	assert_true(request(seen, NULL));
	for (i = 0; i < 100; i++) {
		memcpy(trace, seen->record.id, sizeof(trace));
		id = seen->record.span[0].id;
		assert_true(request(seen, NULL));
		assert_memory_not_equal(trace, seen->record.id, sizeof(trace));
		assert_true(id != seen->record.span[0].id);
		assert_true(seen->record.span[0].id != 0);
		assert_true(seen->record.span[0].parent == 0);
	}
	talloc_free(seen);
}

static void
who_is_sampled(void **state)
{
	struct sark_trace_parent unsampled = sampled_parent;
	struct seen *seen;
	int i, n = 0;

	(void)state;
	unsampled.sampled = false;

	seen = watch(0, 0);
	assert_false(request(seen, NULL));
	assert_false(request(seen, &sampled_parent));
	assert_int_equal(seen->finished, 0);
	assert_int_equal(seen->ended, 2); /* the metrics see them all */
	talloc_free(seen);

	seen = watch(1, 0);
	for (i = 0; i < 1000; i++)
		assert_true(request(seen, i % 2 == 0 ? NULL : &sampled_parent));
	assert_false(request(seen, &unsampled));
	assert_int_equal(seen->finished, 1000);
	talloc_free(seen);

	/* 5000 of 10000 with a standard deviation of 50: 10 of them. */
	seen = watch(0.5, 0);
	for (i = 0; i < 10000; i++)
		n += request(seen, NULL);
	assert_in_range(n, 4500, 5500);
	talloc_free(seen);
}

/* The rate is per second of the clock that the requests bring along. */
static void
callers_are_bounded(void **state)
{
	struct seen *seen = watch(0, 7);
	int64_t s, start_ns = INT64_MAX / 2;
	int i, n;

	(void)state;
	for (s = 0; s < 3; s++) {
		for (n = 0, i = 0; i < 100; i++) {
			n += sark_trace_begin(seen->tracer, &sampled_parent,
			    start_ns + s * INT64_C(1000000000), WALL_NS);
			end_with(seen, "/", SARK_OK);
		}
		assert_int_equal(n, 7);
	}
	assert_false(request(seen, NULL));
	talloc_free(seen);
}

static void
too_many_are_counted(void **state)
{
	struct seen *seen = watch(1, 0);
	struct sark_span span;
	int i;

	(void)state;
	sark_trace_begin(seen->tracer, NULL, START_NS, WALL_NS);
	for (i = 0; i < SARK_TRACE_SPANS + 4; i++) {
		sark_span_begin(seen->tracer, &span, SARK_SPAN_REDIS, "GET");
		sark_span_end(seen->tracer, &span, "");
	}
	end_with(seen, "/", SARK_OK);
	assert_int_equal(seen->record.spans, SARK_TRACE_SPANS);
	assert_int_equal(seen->record.lost, 5);
	assert_int_equal(seen->len, sizeof(seen->record));
	assert_int_equal(seen->ended, SARK_TRACE_SPANS + 5);
	/* and the next starts anew */
	assert_true(request(seen, NULL));
	assert_int_equal(seen->record.spans, 1);
	assert_int_equal(seen->record.lost, 0);
	talloc_free(seen);
}

static void
texts_are_cut_and_cleaned(void **state)
{
	struct seen *seen = watch(1, 0);
	char path[400];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	sark_trace_begin(seen->tracer, NULL, START_NS, WALL_NS);
	end_with(seen, path, SARK_FORBIDDEN);
	assert_int_equal(strlen(seen->record.path), 255);
	assert_string_equal(seen->record.span[0].error, "forbidden");
	assert_string_equal(seen->error, "forbidden");

	sark_trace_begin(seen->tracer, NULL, START_NS, WALL_NS);
	end_with(seen, "/a\n\x1b\xc3\xa4/", SARK_OK);
	assert_string_equal(seen->record.path, "/a\?\?\?\?/");
	/* nothing of the longer one before */
	assert_memory_equal(seen->record.path + 7,
	    (char[sizeof(seen->record.path) - 7]){ 0 },
	    sizeof(seen->record.path) - 7);
	assert_string_equal(seen->record.span[0].error, "");
	talloc_free(seen);
}

static void
the_parent_for_others(void **state)
{
	struct seen *seen = watch(1, 0);
	char at_request[SARK_TRACEPARENT_TEXT], in_span[SARK_TRACEPARENT_TEXT];
	struct sark_span span;

	(void)state;
	assert_int_equal(sark_trace_parent(seen->tracer, at_request), -1);
	sark_trace_begin(seen->tracer, &sampled_parent, START_NS, WALL_NS);
	assert_int_equal(sark_trace_parent(seen->tracer, at_request), 0);
	sark_span_begin(seen->tracer, &span, SARK_SPAN_REDIS, "GET");
	assert_int_equal(sark_trace_parent(seen->tracer, in_span), 0);
	sark_span_end(seen->tracer, &span, "");
	end_with(seen, "/", SARK_OK);

	assert_int_equal(strlen(at_request), SARK_TRACEPARENT_TEXT - 1);
	assert_memory_equal(
	    at_request, "00-0af76519000000000000000000000000-", 36);
	assert_string_equal(at_request + 52, "-01");
	assert_memory_equal(at_request, in_span, 36);
	assert_memory_not_equal(at_request + 36, in_span + 36, 16);
	assert_int_equal(sark_trace_parent(seen->tracer, in_span), -1);
	talloc_free(seen);
}

static void
without_a_tracer(void **state)
{
	const struct sark_trace_end end = { .method = "", .path = "" };
	char text[SARK_TRACEPARENT_TEXT];
	struct sark_span span;

	(void)state;
	assert_false(sark_trace_begin(NULL, &sampled_parent, 0, 0));
	sark_span_begin(NULL, &span, SARK_SPAN_REDIS, "GET");
	sark_span_end(NULL, &span, "");
	sark_figure_add(NULL, SARK_FIGURE_TOKEN_HIT);
	assert_int_equal(sark_trace_parent(NULL, text), -1);
	sark_trace_end(NULL, &end);
}

static void
figures_are_told(void **state)
{
	struct seen *seen = watch(0, 0);

	(void)state;
	sark_figure_add(seen->tracer, SARK_FIGURE_FACTS_MISS);
	sark_figure_add(seen->tracer, SARK_FIGURE_FACTS_MISS);
	assert_int_equal(seen->figures[SARK_FIGURE_FACTS_MISS], 2);
	assert_int_equal(seen->figures[SARK_FIGURE_FACTS_HIT], 0);
	talloc_free(seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_nest),
		cmocka_unit_test(ids_differ),
		cmocka_unit_test(who_is_sampled),
		cmocka_unit_test(callers_are_bounded),
		cmocka_unit_test(too_many_are_counted),
		cmocka_unit_test(texts_are_cut_and_cleaned),
		cmocka_unit_test(the_parent_for_others),
		cmocka_unit_test(without_a_tracer),
		cmocka_unit_test(figures_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
