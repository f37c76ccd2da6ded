#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "stream.h"
#include "wire.h"

static const char *const two[] = { "REQUEST_METHOD", "POST", "REQUEST_URI",
	"/a", NULL };

static void
a_request_arrives_whole(void **state)
{
	struct setup *s = *state;
	struct outcome o;

	wire_request(&s->in, 0, two, "hello");
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_REQUEST);
	assert_string_equal(
	    o.requests.data, "REQUEST_METHOD=POST;REQUEST_URI=/a;|hello\n");
	assert_int_equal(o.refused, SARK_OK);
	assert_false(s->fcgi.keep);
	assert_string_equal(
	    sark_exchange_get(s->exchange, "REQUEST_URI"), "/a");
	assert_null(sark_exchange_get(s->exchange, "REQUEST_UR"));
}

static void
fcgi01_lengths_beyond_the_params_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} rows[] = {
		{ "\x01\x01"
		  "ab",
		    4, true },
		{ "\x80\x00\x00\x01\x01"
		  "ab",
		    7, true },
		{ "\x01\x01"
		  "a",
		    3, false },
		{ "\x01", 1, false },
		{ "\x01\x80\x00\x00", 4, false },
		{ "\x80\x00\x00", 3, false },
		{ "\xff\xff\xff\xff\x01"
		  "ab",
		    7, false },
		{ "\x01\xff\xff\xff\xff"
		  "ab",
		    7, false },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff"
		  "ab",
		    10, false },
		{ "\x7f\x01"
		  "ab",
		    4, false },
		{ "\x01\x01"
		  "ab\x80",
		    5, false },
	};
	struct setup *s = *state;
	struct outcome o;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_buf_reset(&s->in);
		wire_begin(&s->in, 1, 1, 0);
		wire_add(&s->in, WIRE_PARAMS, 1, rows[i].bytes, rows[i].len);
		wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
		wire_add(&s->in, WIRE_STDIN, 1, "", 0);
		stream_run_whole(s, &o);
		stream_assert(&o, 1, SARK_FCGI_REQUEST);
		assert_int_equal(o.malformed, !rows[i].good);
		assert_true(s->fcgi.data.size <= 65536);
	}
}

static void
fcgi01_params_are_capped(void **state)
{
	struct setup *s = *state;
	struct outcome o;
	char *big = sark_new_array(s, char, 65536);
	struct sark_buf pair;
	int i;

	memset(big, 'v', 65000);
	sark_buf_init(&pair, s);
	wire_pair(&pair, "A", big);
	wire_begin(&s->in, 1, 1, 0);
	wire_add(&s->in, WIRE_PARAMS, 1, pair.data, pair.len);
	wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
	wire_add(&s->in, WIRE_STDIN, 1, "", 0);
	stream_run_whole(s, &o);
	assert_int_equal(o.refused, SARK_OK);
	assert_int_equal(o.nparams, 1);

	sark_buf_reset(&s->in);
	wire_begin(&s->in, 1, 1, 0);
	for (i = 0; i < 50; i++)
		wire_add(&s->in, WIRE_PARAMS, 1, pair.data, pair.len);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_REQUEST);
	assert_int_equal(o.refused, SARK_HEADERS_TOO_LARGE);
	assert_int_equal(o.nparams, 0);
	assert_true(s->fcgi.data.size <= 131072);
}

static void
fcgi01_the_number_of_params_is_capped(void **state)
{
	struct setup *s = *state;
	struct outcome o;
	struct sark_buf pairs;
	char name[16];
	int i;

	sark_buf_init(&pairs, s);
	for (i = 0; i < SARK_EXCHANGE_PARAMS + 1; i++) {
		snprintf(name, sizeof(name), "N%d", i);
		wire_pair(&pairs, name, "v");
	}
	wire_begin(&s->in, 1, 1, 0);
	wire_add(&s->in, WIRE_PARAMS, 1, pairs.data, pairs.len);
	wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
	wire_add(&s->in, WIRE_STDIN, 1, "", 0);
	stream_run_whole(s, &o);
	assert_int_equal(o.nparams, SARK_EXCHANGE_PARAMS);
	assert_int_equal(o.refused, SARK_HEADERS_TOO_LARGE);
	assert_non_null(sark_exchange_get(s->exchange, "N249"));
}

static void
fcgi02_odd_records_break_or_are_answered(void **state)
{
	/* clang-format off */
	static const struct {
		struct wire_record record;
		enum sark_fcgi_event event;
	} rows[] = {
		{ { 0, WIRE_BEGIN, 0, 1, "\0\1\0\0\0\0\0\0", 8 }, SARK_FCGI_BROKEN },
		{ { 2, WIRE_BEGIN, 0, 1, "\0\1\0\0\0\0\0\0", 8 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_BEGIN, 0, 0, "\0\1\0\0\0\0\0\0", 8 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_BEGIN, 0, 1, "\0\1\0\0\0\0\0", 7 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_BEGIN, 0, 1, "\0\1\0\0\0\0\0\0\0", 9 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_BEGIN, 255, 65535, "\0\1\0\0\0\0\0\0", 8 }, SARK_FCGI_MORE },
		{ { 1, WIRE_BEGIN, 0, 1, "\0\2\0\0\0\0\0\0", 8 }, SARK_FCGI_REFUSED },
		{ { 1, WIRE_BEGIN, 0, 1, "\0\3\0\0\0\0\0\0", 8 }, SARK_FCGI_REFUSED },
		{ { 1, WIRE_BEGIN, 0, 1, "\0\x63\0\0\0\0\0\0", 8 }, SARK_FCGI_REFUSED },
		{ { 1, WIRE_BEGIN, 0, 1, "\1\1\0\0\0\0\0\0", 8 }, SARK_FCGI_REFUSED },
		{ { 1, 0, 0, 0, "", 0 }, SARK_FCGI_REPLY },
		{ { 1, 12, 0, 0, "abc", 3 }, SARK_FCGI_REPLY },
		{ { 1, 255, 255, 0, "", 0 }, SARK_FCGI_REPLY },
		{ { 1, 0, 0, 1, "", 0 }, SARK_FCGI_BROKEN },
		{ { 1, 12, 0, 1, "", 0 }, SARK_FCGI_BROKEN },
		{ { 1, 255, 0, 1, "", 0 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_PARAMS, 0, 0, "", 0 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_STDIN, 0, 0, "x", 1 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_END, 0, 1, "", 0 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_STDOUT, 0, 1, "", 0 }, SARK_FCGI_BROKEN },
		{ { 1, WIRE_STDIN, 0, 5, "late", 4 }, SARK_FCGI_MORE },
		{ { 1, WIRE_GET_VALUES, 0, 0, "\x7f\x7f", 2 }, SARK_FCGI_BROKEN },
	};
	/* clang-format on */
	struct setup *s = *state;
	struct outcome o;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_buf_reset(&s->in);
		wire_record(&s->in, &rows[i].record);
		stream_run_whole(s, &o);
		if (rows[i].event == SARK_FCGI_MORE) {
			assert_int_equal(o.nevents, 0);
			continue;
		}
		stream_assert(&o, 1, rows[i].event);
		if (rows[i].event == SARK_FCGI_REPLY) {
			assert_int_equal(o.replies.data[1], WIRE_UNKNOWN_TYPE);
			assert_int_equal((unsigned char)o.replies.data[8],
			    rows[i].record.type);
		}
		if (rows[i].event == SARK_FCGI_REFUSED) {
			assert_int_equal(o.replies.data[1], WIRE_END);
			assert_int_equal(o.replies.data[12], 3);
		}
	}
}

static void
fcgi02_records_out_of_order_break(void **state)
{
	struct setup *s = *state;
	struct outcome o;

	wire_begin(&s->in, 1, 1, 0);
	wire_add(&s->in, WIRE_STDIN, 1, "x", 1);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_BROKEN);

	sark_buf_reset(&s->in);
	wire_begin(&s->in, 1, 1, 0);
	wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
	wire_add(&s->in, WIRE_PARAMS, 1, "\1\1ab", 4);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_BROKEN);

	sark_buf_reset(&s->in);
	wire_begin(&s->in, 1, 1, 0);
	wire_begin(&s->in, 1, 1, 0);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_BROKEN);
}

static void
get_values_are_told(void **state)
{
	static const char expected[] = "\x01\x0a\0\0\0\x23\0\0"
				       "\x0e\x01"
				       "FCGI_MAX_CONNS7"
				       "\x0f\x01"
				       "FCGI_MPXS_CONNS0";
	struct setup *s = *state;
	struct sark_buf pairs;
	struct outcome o;

	sark_buf_init(&pairs, s);
	wire_pair(&pairs, "FCGI_MAX_CONNS", "");
	wire_pair(&pairs, "OTHER", "");
	wire_pair(&pairs, "FCGI_MPXS_CONNS", "");
	wire_pair(&pairs, "FCGI_MPXS_CONNS", "");
	wire_add(&s->in, WIRE_GET_VALUES, 0, pairs.data, pairs.len);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_REPLY);
	assert_int_equal(o.replies.len, sizeof(expected) - 1);
	assert_memory_equal(o.replies.data, expected, o.replies.len);
}

static void
fcgi03_a_second_request_is_turned_away_unmixed(void **state)
{
	struct setup *s = *state;
	struct outcome o;

	wire_begin(&s->in, 1, 1, 1);
	wire_add(&s->in, WIRE_PARAMS, 1, "\1\1AB", 4);
	wire_begin(&s->in, 2, 1, 0);
	wire_add(&s->in, WIRE_PARAMS, 2, "\1\1XY", 4);
	wire_add(&s->in, WIRE_PARAMS, 2, "", 0);
	wire_add(&s->in, WIRE_STDIN, 2, "theirs", 6);
	wire_add(&s->in, WIRE_STDIN, 2, "", 0);
	wire_add(&s->in, WIRE_ABORT, 2, "", 0);
	wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
	wire_add(&s->in, WIRE_STDIN, 1, "ours", 4);
	wire_add(&s->in, WIRE_STDIN, 1, "", 0);
	stream_run_whole(s, &o);
	stream_assert(&o, 2, SARK_FCGI_REPLY, SARK_FCGI_REQUEST);
	assert_int_equal(o.replies.data[1], WIRE_END);
	assert_int_equal(o.replies.data[3], 2);
	assert_int_equal(o.replies.data[12], 1);
	assert_string_equal(o.requests.data, "A=B;|ours\n");
	assert_true(s->fcgi.keep);
}

static void
fcgi04_odd_params_mark_the_request(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum sark_code refused;
	} rows[] = {
		{ "\1\1AB\1\1CD", 8, SARK_OK },
		{ "\1\1AB\1\1AD", 8, SARK_BAD_REQUEST },
		{ "\1\1AB\1\1CD\1\1AB", 12, SARK_BAD_REQUEST },
		{ "\0\1B", 3, SARK_BAD_REQUEST },
		{ "\0\0", 2, SARK_BAD_REQUEST },
		{ "\3\1A=CB", 6, SARK_BAD_REQUEST },
		{ "\2\1A\0B", 5, SARK_BAD_REQUEST },
		{ "\1\3Ax\0y", 6, SARK_BAD_REQUEST },
		{ "\1\0A", 3, SARK_OK },
		{ "\1\1A=", 4, SARK_OK },
	};
	struct setup *s = *state;
	struct outcome o;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_buf_reset(&s->in);
		wire_begin(&s->in, 1, 1, 0);
		wire_add(&s->in, WIRE_PARAMS, 1, rows[i].bytes, rows[i].len);
		wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
		wire_add(&s->in, WIRE_STDIN, 1, "", 0);
		stream_run_whole(s, &o);
		stream_assert(&o, 1, SARK_FCGI_REQUEST);
		assert_false(o.malformed);
		assert_int_equal(o.refused, rows[i].refused);
	}
}

static void
fcgi05_the_body_is_bounded(void **state)
{
	struct setup *s = *state;
	char *body = sark_new_array(s, char, BODY_MAX + 2);
	struct outcome o;

	memset(body, 'b', BODY_MAX);
	wire_request(&s->in, 0, two, body);
	stream_run_whole(s, &o);
	assert_int_equal(o.refused, SARK_OK);
	assert_int_equal(s->exchange->body_len, BODY_MAX);

	body[BODY_MAX] = 'b';
	sark_buf_reset(&s->in);
	wire_request(&s->in, 0, two, body);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_REQUEST);
	assert_int_equal(o.refused, SARK_TOO_LARGE);
	assert_true(s->exchange->body_len <= BODY_MAX);
	assert_true(s->fcgi.data.size <= 4 * BODY_MAX);
}

static void
fcgi06_records_inside_a_body_are_data(void **state)
{
	struct setup *s = *state;
	struct sark_buf body, evil;
	struct outcome o;
	size_t left, n;
	const char *p;

	sark_buf_init(&evil, s);
	wire_request(&evil, 0, two, "evil");
	sark_buf_init(&body, s);
	while (body.len < 140000)
		sark_buf_add(&body, evil.data, evil.len);
	wire_begin(&s->in, 1, 1, 0);
	wire_add(&s->in, WIRE_PARAMS, 1, "", 0);
	for (p = body.data, left = body.len; left > 0; left -= n, p += n) {
		n = left < 65535 ? left : 65535;
		wire_add(&s->in, WIRE_STDIN, 1, p, n);
	}
	wire_add(&s->in, WIRE_STDIN, 1, "", 0);
	stream_run_whole(s, &o);
	stream_assert(&o, 1, SARK_FCGI_REQUEST);
	assert_int_equal(o.nparams, 0);
	assert_int_equal(o.requests.len, body.len + 2);
	assert_memory_equal(o.requests.data + 1, body.data, body.len);
}

static void
fcgi10_the_next_request_sees_nothing_of_the_last(void **state)
{
	static const char *const secret[] = { "HTTP_AUTHORIZATION", "Bearer s",
		"A", "1", NULL };
	static const char *const plain[] = { "A", "2", NULL };
	struct setup *s = *state;
	struct outcome o;
	int i;

	for (i = 0; i < 2; i++) {
		wire_request(&s->in, 1, secret, "body of one");
		wire_request(&s->in, 1, plain, "");
	}
	stream_run_whole(s, &o);
	assert_string_equal(o.requests.data,
	    "HTTP_AUTHORIZATION=Bearer s;A=1;|body of one\nA=2;|\n"
	    "HTTP_AUTHORIZATION=Bearer s;A=1;|body of one\nA=2;|\n");
	assert_null(sark_exchange_get(s->exchange, "HTTP_AUTHORIZATION"));
	assert_int_equal(s->exchange->body_len, 0);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, stream_set_up, stream_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_arrives_whole),
		TEST(fcgi01_lengths_beyond_the_params_are_refused),
		TEST(fcgi01_params_are_capped),
		TEST(fcgi01_the_number_of_params_is_capped),
		TEST(fcgi02_odd_records_break_or_are_answered),
		TEST(fcgi02_records_out_of_order_break),
		TEST(get_values_are_told),
		TEST(fcgi03_a_second_request_is_turned_away_unmixed),
		TEST(fcgi04_odd_params_mark_the_request),
		TEST(fcgi05_the_body_is_bounded),
		TEST(fcgi06_records_inside_a_body_are_data),
		TEST(fcgi10_the_next_request_sees_nothing_of_the_last),
	};

	return cmocka_run_group_tests_name("http/fcgi", tests, NULL, NULL);
}
