#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "stream.h"
#include "wire.h"

static const char *const two[] = { "REQUEST_METHOD", "POST", "REQUEST_URI",
	"/a", NULL };

/* A stream with a bit of everything that is lawful. */
static void
add_everything(struct sark_buf *in)
{
	static const char *const other[] = { "B", "", "LONG", NULL, NULL };
	struct wire_record padded = { 1, WIRE_STDIN, 255, 1, "padded", 6 };
	const char *params[SARK_COUNT(other)];
	struct sark_buf pair;
	char value[300];

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	memcpy(params, other, sizeof(params));
	params[3] = value;
	wire_request(in, 1, two, "one");
	sark_buf_init(&pair, in->ctx);
	wire_pair(&pair, "FCGI_MPXS_CONNS", "");
	wire_add(in, WIRE_GET_VALUES, 0, pair.data, pair.len);
	wire_add(in, 77, 0, "whatever", 8);
	wire_begin(in, 9, 2, 1);
	wire_request(in, 1, params, "");
	wire_begin(in, 1, 1, 1);
	wire_begin(in, 2, 1, 0);
	wire_add(in, WIRE_PARAMS, 2, "ignored", 7);
	sark_buf_reset(&pair);
	wire_pair(&pair, "A", "1");
	wire_add(in, WIRE_PARAMS, 1, pair.data, 2);
	wire_add(in, WIRE_PARAMS, 1, pair.data + 2, pair.len - 2);
	wire_add(in, WIRE_PARAMS, 1, "", 0);
	wire_record(in, &padded);
	wire_add(in, WIRE_STDIN, 1, "", 0);
	wire_begin(in, 3, 1, 0);
	wire_add(in, WIRE_ABORT, 3, "", 0);
}

static void
assert_same(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->nevents, b->nevents);
	assert_memory_equal(a->events, b->events, sizeof(a->events));
	assert_int_equal(a->requests.len, b->requests.len);
	assert_memory_equal(
	    a->requests.data, b->requests.data, a->requests.len);
	assert_int_equal(a->replies.len, b->replies.len);
	assert_memory_equal(a->replies.data, b->replies.data, a->replies.len);
}

static void
n06_every_split_gives_the_same_events(void **state)
{
	struct setup *s = *state;
	struct outcome whole, cut;
	size_t first, len;

	add_everything(&s->in);
	stream_run_whole(s, &whole);
	stream_assert(&whole, 8, SARK_FCGI_REQUEST, SARK_FCGI_REPLY,
	    SARK_FCGI_REPLY, SARK_FCGI_REFUSED, SARK_FCGI_REQUEST,
	    SARK_FCGI_REPLY, SARK_FCGI_REQUEST, SARK_FCGI_REFUSED);
	assert_non_null(strstr(whole.requests.data, "A=1;|padded\n"));
	for (first = 1; first < 20; first++) {
		stream_run(s, first, first, &cut);
		assert_same(&whole, &cut);
	}
	len = s->in.len;
	for (first = 1; first < len; first++) {
		stream_run(s, first, len, &cut);
		assert_same(&whole, &cut);
		talloc_free(cut.requests.data);
		talloc_free(cut.replies.data);
	}
}

static void
n06_no_prefix_is_a_request(void **state)
{
	struct setup *s = *state;
	struct outcome o;
	size_t len;

	wire_request(&s->in, 0, two, "hello");
	for (len = s->in.len; s->in.len > 1;) {
		s->in.len--;
		stream_run(s, s->in.len, 1, &o);
		assert_int_equal(o.nevents, 0);
	}
	s->in.len = len;
	stream_run_whole(s, &o);
	assert_int_equal(o.nevents, 1);
}

/* xorshift: the same bytes in every run. */
static uint32_t
noise(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void
fcgi12_mutated_streams_end_in_bounds(void **state)
{
	struct setup *s = *state;
	struct sark_buf good;
	uint32_t seed = 20261121;
	struct outcome o;
	size_t i, flips, met = 0;

	sark_buf_init(&good, s);
	add_everything(&good);
	for (i = 0; i < 20000; i++) {
		sark_buf_reset(&s->in);
		sark_buf_add(&s->in, good.data, good.len);
		for (flips = 1 + noise(&seed) % 8; flips > 0; flips--)
			s->in.data[noise(&seed) % s->in.len] =
			    (char)noise(&seed);
		stream_run(s, 1 + noise(&seed) % s->in.len, 64, &o);
		met += o.nevents;
		assert_true(s->fcgi.data.len <= 65536 + 1 + BODY_MAX);
		talloc_free(o.requests.data);
		talloc_free(o.replies.data);
	}
	assert_true(met > 20000);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, stream_set_up, stream_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(n06_every_split_gives_the_same_events),
		TEST(n06_no_prefix_is_a_request),
		TEST(fcgi12_mutated_streams_end_in_bounds),
	};

	return cmocka_run_group_tests_name(
	    "http/fcgi pieces", tests, NULL, NULL);
}
