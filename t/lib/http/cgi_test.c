#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "http/cgi.h"

static void
handle(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	const char *name = sark_exchange_get(in, "NAME");

	(void)arg;
	sark_buf_format(out, "%d %s %s", (int)in->refused,
	    name == NULL ? "(none)" : name, in->body);
}

/* Runs one request with body sent; compares what it wrote. */
static void
assert_cgi(const char *length, const char *sent, const char *expected)
{
	char variable[32], odd[] = "no variable", name[] = "NAME=a=b";
	char *environment[] = { odd, variable, name, NULL };
	struct sark_cgi cgi = { environment, -1, -1, 100, 200, handle, NULL };
	char text[4096] = "";
	struct sark_err err;
	int in[2], out[2];

	snprintf(variable, sizeof(variable), "CONTENT_LENGTH=%s", length);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(write(in[1], sent, strlen(sent)), strlen(sent));
	cgi.in = in[0];
	cgi.out = out[1];
	sark_err_init(&err);
	assert_int_equal(sark_cgi_run(&cgi, &err), 0);
	assert_true(read(out[0], text, sizeof(text) - 1) > 0);
	assert_string_equal(text, expected);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
}

static void
a_body_is_read_as_long_as_announced(void **state)
{
	(void)state;
	assert_cgi("5", "hello", "0 a=b hello");
	assert_cgi("3", "hello", "0 a=b hel");
	assert_cgi("0", "hello", "0 a=b ");
	assert_cgi("", "hello", "0 a=b ");
}

static void
http02_http16_odd_and_short_bodies_are_left_to_the_reader(void **state)
{
	(void)state;
	assert_cgi("9", "hello", "0 a=b hello");
	assert_cgi("+5", "hello", "0 a=b ");
	assert_cgi("0x5", "hello", "0 a=b ");
}

static void
http13_a_long_body_is_not_read(void **state)
{
	char expected[64];

	(void)state;
	snprintf(expected, sizeof(expected), "%d a=b ", (int)SARK_TOO_LARGE);
	assert_cgi("101", "hello", expected);
	assert_cgi("9223372036854775807", "hello", expected);
}

static void
a_response_nobody_takes_is_an_error(void **state)
{
	char *environment[] = { NULL };
	struct sark_cgi cgi = { environment, -1, -1, 100, 200, handle, NULL };
	struct sark_err err;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(sark_cgi_run(&cgi, &err), -1);
	assert_int_equal(err.code, SARK_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_read_as_long_as_announced),
		cmocka_unit_test(
		    http02_http16_odd_and_short_bodies_are_left_to_the_reader),
		cmocka_unit_test(http13_a_long_body_is_not_read),
		cmocka_unit_test(a_response_nobody_takes_is_an_error),
	};

	return cmocka_run_group_tests_name("http/cgi", tests, NULL, NULL);
}
