#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/segment.h"
#include "base/mem.h"

static void
frames_come_back(void **state)
{
	static const char *const records[] = { "{}", "{\"a\":\"b c\"}", "" };
	struct sark_segment_line line;
	struct sark_buf buf;
	void *ctx = talloc_new(NULL);
	size_t at, i;

	(void)state;
	sark_buf_init(&buf, ctx);
	sark_segment_header(&buf, "sark-policy");
	for (i = 0; i < SARK_COUNT(records); i++)
		assert_int_equal(
		    sark_segment_frame(&buf, records[i], strlen(records[i])),
		    0);
	assert_int_equal(sark_segment_next(buf.data, buf.len, true, &line),
	    SARK_SEGMENT_HEADER);
	at = line.size;
	for (i = 0; i < SARK_COUNT(records); i++) {
		assert_int_equal(sark_segment_next(
				     buf.data + at, buf.len - at, false, &line),
		    SARK_SEGMENT_RECORD);
		assert_int_equal(line.len, strlen(records[i]));
		assert_memory_equal(line.record, records[i], line.len);
		at += line.size;
	}
	assert_int_equal(at, buf.len);
	assert_int_equal(sark_segment_next(buf.data + at, 0, false, &line),
	    SARK_SEGMENT_PARTIAL);
	talloc_free(ctx);
}

/* Whatever byte changes, the record is not taken for whole. */
static void
every_damage_is_seen(void **state)
{
	struct sark_segment_line line;
	struct sark_buf buf;
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	sark_buf_init(&buf, ctx);
	assert_int_equal(sark_segment_frame(&buf, "{\"a\":1}", 7), 0);
	for (i = 0; i < buf.len; i++) {
		buf.data[i] ^= 1;
		assert_int_not_equal(
		    sark_segment_next(buf.data, buf.len, false, &line),
		    SARK_SEGMENT_RECORD);
		buf.data[i] ^= 1;
		assert_int_equal(sark_segment_next(buf.data, i, false, &line),
		    SARK_SEGMENT_PARTIAL);
	}
	assert_int_equal(sark_segment_next(buf.data, buf.len, false, &line),
	    SARK_SEGMENT_RECORD);
	talloc_free(ctx);
}

static void
other_lines_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		bool start;
		enum sark_segment_kind kind;
	} rows[] = {
		{ "SARK-SPOOL 1 x\n", true, SARK_SEGMENT_HEADER },
		{ "SARK-SPOOL 1 x\n", false, SARK_SEGMENT_BAD },
		{ "SARK-SPOOL 2 x\n", true, SARK_SEGMENT_FOREIGN },
		{ "SARK-SPOOL 10 x\n", true, SARK_SEGMENT_FOREIGN },
		{ "\n", false, SARK_SEGMENT_BAD },
		{ "S1\n", false, SARK_SEGMENT_BAD },
		{ "S1 2 \n", false, SARK_SEGMENT_BAD },
		{ "S2 2 44136fa355b3678a {}\n", false, SARK_SEGMENT_BAD },
		{ "S1 2 44136fa355b3678a {}\n", false, SARK_SEGMENT_RECORD },
		{ "S1 02 44136fa355b3678a {}\n", false, SARK_SEGMENT_BAD },
		{ "S1 -2 44136fa355b3678a {}\n", false, SARK_SEGMENT_BAD },
		{ "S1 3 44136fa355b3678a {}\n", false, SARK_SEGMENT_BAD },
		{ "S1 2 44136fa355b3678 {}\n", false, SARK_SEGMENT_BAD },
		{ "S1 9999999999999 44136fa355b3678a {}\n", false,
		    SARK_SEGMENT_BAD },
	};
	struct sark_segment_line line;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		if (sark_segment_next(rows[i].text, strlen(rows[i].text),
			rows[i].start, &line) != rows[i].kind)
			fail_msg("%s", rows[i].text);
		assert_int_equal(line.size, strlen(rows[i].text));
	}
}

static void
lengths_are_bounded(void **state)
{
	struct sark_segment_line line;
	struct sark_buf buf;
	void *ctx = talloc_new(NULL);
	size_t n = SARK_SEGMENT_RECORD_MAX;
	char *record = sark_new_array(ctx, char, n + 1);

	(void)state;
	memset(record, 'x', n + 1);
	sark_buf_init(&buf, ctx);
	assert_int_equal(sark_segment_frame(&buf, record, n + 1), -1);
	assert_int_equal(sark_segment_frame(&buf, "a\nb", 3), -1);
	assert_int_equal(buf.len, 0);
	assert_int_equal(sark_segment_frame(&buf, record, n), 0);
	assert_in_range(buf.len, n, SARK_SEGMENT_LINE_MAX);
	assert_int_equal(sark_segment_next(buf.data, buf.len, false, &line),
	    SARK_SEGMENT_RECORD);
	/* without any newline the reader does not wait for ever */
	sark_buf_reset(&buf);
	memset(sark_buf_room(&buf, 2 * n), 'x', 2 * n);
	assert_int_equal(
	    sark_segment_next(buf.data, 2 * n, false, &line), SARK_SEGMENT_BAD);
	assert_int_equal(line.size, SARK_SEGMENT_LINE_MAX);
	assert_int_equal(sark_segment_next(
			     buf.data, SARK_SEGMENT_LINE_MAX - 1, false, &line),
	    SARK_SEGMENT_PARTIAL);
	talloc_free(ctx);
}

/* Random bytes of the format's own alphabet: no crash, always onward. */
static void
noise_is_survived(void **state)
{
	static const char alphabet[] = "S1 2{}\n\n 44136fa355b3678aSARK-SPOOL";
	struct sark_segment_line line;
	char noise[256];
	size_t at, i;
	int round;

	(void)state;
	srand(1);
	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(noise); i++)
			noise[i] =
			    alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
		for (at = 0; at < sizeof(noise); at += line.size) {
			if (sark_segment_next(noise + at, sizeof(noise) - at,
				at == 0, &line) == SARK_SEGMENT_PARTIAL)
				break;
			assert_in_range(line.size, 1, sizeof(noise) - at);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_back),
		cmocka_unit_test(every_damage_is_seen),
		cmocka_unit_test(other_lines_are_told_apart),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
