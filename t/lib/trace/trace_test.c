#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "trace/headers.h"
#include "trace/otlp.h"
#include "trace/queue.h"
#include "trace/record.h"
#include "trace/send.h"

/* A trace of so many spans, which number tells from others. */
static struct sark_trace_record *
trace_of(uint32_t spans, uint64_t number)
{
	struct sark_trace_record *trace =
	    sark_new(NULL, struct sark_trace_record);
	uint32_t i;

	trace->magic = SARK_TRACE_MAGIC;
	trace->spans = spans;
	trace->status = 200;
	trace->id[0] = 1;
	memcpy(trace->method, "GET", sizeof("GET"));
	memcpy(trace->program, "sark-test", sizeof("sark-test"));
	for (i = 0; i < spans; i++) {
		trace->span[i].id = number + i;
		trace->span[i].kind =
		    i == 0 ? SARK_SPAN_REQUEST : SARK_SPAN_REDIS;
		trace->span[i].commands = 1;
		memcpy(trace->span[i].name, "GET", sizeof("GET"));
	}
	return trace;
}

static int
put(struct sark_trace_queue *queue, uint32_t spans, uint64_t number)
{
	struct sark_trace_record *trace = trace_of(spans, number);
	size_t len = sark_trace_record_size(spans);
	int ret;

	assert_true(sark_trace_record_valid(trace, len));
	ret = sark_trace_queue_put(queue, trace, len);
	talloc_free(trace);
	return ret;
}

static void
queue_is_bounded_and_in_order(void **state)
{
	struct sark_trace_queue *queue = sark_trace_queue_new(NULL, 10);
	struct sark_trace_batch *first, *second;

	(void)state;
	assert_null(sark_trace_queue_take(queue, NULL, 10));
	assert_int_equal(put(queue, 3, 100), 0);
	assert_int_equal(put(queue, 3, 200), 0);
	assert_int_equal(put(queue, 3, 300), 0);
	assert_int_equal(put(queue, 2, 400), -1);
	assert_int_equal(put(queue, 1, 500), 0);
	assert_int_equal(sark_trace_queue_spans(queue), 10);

	first = sark_trace_queue_take(queue, NULL, 6);
	assert_int_equal(first->count, 2);
	assert_int_equal(first->spans, 6);
	assert_int_equal(first->traces[0]->span[0].id, 100);
	assert_int_equal(first->traces[1]->span[2].id, 202);
	/* what was taken keeps its room */
	assert_int_equal(sark_trace_queue_spans(queue), 4);
	assert_int_equal(sark_trace_queue_held(queue), 10);
	assert_int_equal(put(queue, 1, 600), -1);
	/* at least one, however large */
	second = sark_trace_queue_take(queue, NULL, 1);
	assert_int_equal(second->count, 1);
	assert_int_equal(second->spans, 3);
	talloc_free(first);
	assert_int_equal(sark_trace_queue_held(queue), 4);
	assert_int_equal(put(queue, 6, 700), 0);
	talloc_free(second);

	first = sark_trace_queue_take(queue, NULL, 100);
	assert_int_equal(first->count, 2);
	assert_int_equal(first->traces[0]->span[0].id, 500);
	assert_int_equal(first->traces[1]->span[5].id, 705);
	talloc_free(first);
	assert_int_equal(sark_trace_queue_held(queue), 0);
	assert_int_equal(put(queue, 10, 800), 0);
	talloc_free(queue);
}

static size_t
rejected(const char *text, const char **message_r)
{
	const struct sark_json *json = NULL;
	struct sark_err err;
	void *ctx = talloc_new(NULL);
	static char message[64];
	size_t n;

	sark_err_init(&err);
	if (sark_json_parse(ctx, text, strlen(text), &json, &err) == -1)
		json = NULL;
	n = sark_otlp_rejected(json, message_r);
	snprintf(message, sizeof(message), "%s", *message_r);
	*message_r = message;
	talloc_free(ctx);
	return n;
}

static void
partial_success_is_read(void **state)
{
	const char *message;

	(void)state;
	assert_int_equal(
	    rejected("{\"partialSuccess\":{\"rejectedSpans\":\"7\","
		     "\"errorMessage\":\"too old\"}}",
		&message),
	    7);
	assert_string_equal(message, "too old");
	assert_int_equal(
	    rejected("{\"partialSuccess\":{\"rejectedSpans\":3}}", &message),
	    3);
	assert_int_equal(rejected("{}", &message), 0);
	assert_int_equal(rejected("{\"partialSuccess\":{}}", &message), 0);
	assert_int_equal(
	    rejected(
		"{\"partialSuccess\":{\"rejectedSpans\":\"-1\"}}", &message),
	    0);
	assert_int_equal(rejected("no JSON", &message), 0);
	assert_int_equal(rejected("[[]]", &message), 0);
	assert_string_equal(message, "");
}

/* Reads text as a file of this mode: how many headers, or -1. */
static int
headers_of(const char *text, mode_t mode, struct sark_err *err)
{
	char path[] = "/tmp/sark-headers-XXXXXX";
	const char *const *headers;
	void *ctx = talloc_new(NULL);
	int fd = mkstemp(path), n = -1;

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	sark_err_init(err);
	if (sark_trace_headers_read(ctx, path, &headers, err) == 0)
		for (n = 0; headers[n] != NULL; n++)
			continue;
	unlink(path);
	talloc_free(ctx);
	return n;
}

static void
headers_are_checked(void **state)
{
	static const char *const bad[] = {
		"no colon",
		": no name",
		"a b: blank in the name",
		"Name:",
		"Name: \t",
		"Name: v\r",
		"Name: \x1b[31m",
		"Name: \xc3\xa4",
	};
	const char *const *headers;
	struct sark_err err;
	size_t i;

	(void)state;
	assert_int_equal(headers_of("", 0600, &err), 0);
	assert_int_equal(headers_of("# x\n\nA: b\nX-Key:c\n", 0640, &err), 2);
	assert_int_equal(headers_of("A: b", 0644, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
	for (i = 0; i < SARK_COUNT(bad); i++) {
		assert_int_equal(headers_of(bad[i], 0600, &err), -1);
		assert_int_equal(err.code, SARK_CONFIG);
		assert_non_null(strstr(err.text, ":1: "));
	}
	sark_err_init(&err);
	assert_int_equal(sark_trace_headers_read(NULL, "", &headers, &err), 0);
	assert_null(headers[0]);
	talloc_free((void *)(uintptr_t)headers);
}

static void
a_long_path_is_refused(void **state)
{
	struct sark_trace_sender *sender;
	struct sark_err err;
	char path[200];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	sark_err_init(&err);
	assert_int_equal(sark_trace_sender_open(NULL, path, &sender, &err), -1);
	assert_int_equal(err.code, SARK_CONFIG);
	sark_err_init(&err);
	assert_int_equal(
	    sark_trace_sender_open(NULL, "/nowhere", &sender, &err), 0);
	assert_int_equal(sark_trace_send(sender, "x", 1), -1);
	talloc_free(sender);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queue_is_bounded_and_in_order),
		cmocka_unit_test(partial_success_is_read),
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(a_long_path_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
