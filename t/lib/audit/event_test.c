#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audit/event.h"
#include "audit/event_row.h"
#include "audit/row.h"
#include "audit/segment.h"
#include "base/mem.h"

static const char *const nothing[] = { NULL };

static struct sark_caller
somebody(void)
{
	struct sark_caller who = {
		.user_id = "01938f2c-7f00-7000-8000-0000000000aa",
		.username = "ada",
		.email = "",
		.name = "",
		.provider = "local",
		.roles = nothing,
		.teams = nothing,
		.managed_teams = nothing,
		.permissions = nothing,
		.session_id = "",
		.client_ip = "192.0.2.7",
		.user_agent = "curl/8",
		.request_id = "r-1",
		.trace_id = "",
	};

	return who;
}

static void
an_event_reads_like_this(void **state)
{
	struct sark_caller who = somebody();
	struct sark_event event;
	struct sark_buf buf;
	void *ctx = talloc_new(NULL);

	(void)state;
	sark_event_init(&event, &who, "policy_decision");
	assert_true(sark_uuid_valid(event.id));
	memcpy(
	    event.id, "0193a0b1-0000-7abc-8def-000000000001", SARK_UUID_TEXT);
	event.severity = SARK_SEVERITY_HIGH;
	event.action = "tool:invoke";
	event.resource = "jira.\"delete\"";
	event.decision = "deny";
	event.reason = "";
	event.detail = "{\"a\":\n[1]}";
	sark_buf_init(&buf, ctx);
	sark_event_to_json(&buf, &event, NULL);
	assert_string_equal(buf.data,
	    "{\"id\":\"0193a0b1-0000-7abc-8def-000000000001\","
	    "\"time\":\"2024-12-07T10:36:14.720Z\","
	    "\"type\":\"policy_decision\",\"severity\":\"high\","
	    "\"outcome\":\"success\","
	    "\"actor\":{\"id\":\"01938f2c-7f00-7000-8000-0000000000aa\","
	    "\"name\":\"ada\"},\"action\":\"tool:invoke\","
	    "\"resource\":\"jira.\\\"delete\\\"\",\"decision\":\"deny\","
	    "\"client_ip\":\"192.0.2.7\",\"user_agent\":\"curl/8\","
	    "\"request_id\":\"r-1\",\"detail\":{\"a\": [1]}}");
	talloc_free(ctx);
}

static void
an_anonymous_failure_names_whom_it_is_about(void **state)
{
	struct sark_caller who = somebody();
	struct sark_audit_row row;
	struct sark_event event;
	void *ctx = talloc_new(NULL);

	(void)state;
	who.user_id = who.username = "";
	sark_event_init(&event, &who, "login_failed");
	event.actor_name = "mallory";
	sark_event_row(ctx, &event, "sark-login", &row);
	assert_null(row.actor_id);
	assert_string_equal(row.actor, "mallory");
	assert_string_equal(row.program, "sark-login");
	assert_string_equal(row.severity, "low");
	talloc_free(ctx);
}

/* The worst that callers can hand over still makes a record that loads. */
static void
whatever_comes_can_be_loaded(void **state)
{
	struct sark_caller who = somebody();
	struct sark_audit_row row, again;
	struct sark_event event;
	struct sark_err err;
	struct sark_buf buf;
	struct sark_jw jw;
	void *ctx = talloc_new(NULL);
	char *worst = sark_new_array(ctx, char, 100001);
	char *deep = sark_new_array(ctx, char, 512);
	const char *details[4];
	size_t i;

	(void)state;
	memset(worst, '\x01', 100000);
	for (i = 0; i < 31; i++)
		memcpy(deep + 5 * i, "{\"a\":", 5);
	deep[5 * i] = '1';
	memset(deep + 5 * i + 1, '}', 31);
	details[0] = deep;
	details[1] = "{\"a\":1,}";
	details[2] = "[1]";
	details[3] = worst;
	who.user_agent = who.request_id = who.trace_id = worst;
	who.username = "\xff\xfe";
	for (i = 0; i < SARK_COUNT(details); i++) {
		sark_event_init(&event, &who, "policy_decision");
		event.action = event.resource = event.reason = worst;
		event.decision = event.outcome = worst;
		event.detail = details[i];
		sark_event_row(ctx, &event, "sark-policy", &row);
		sark_buf_init(&buf, ctx);
		sark_jw_init(&jw, &buf);
		sark_audit_row_to_json(&jw, NULL, &row);
		assert_in_range(buf.len, 1, SARK_SEGMENT_RECORD_MAX);
		assert_null(memchr(buf.data, '\n', buf.len));
		sark_err_init(&err);
		if (sark_audit_row_from_json(
			ctx, buf.data, buf.len, &again, &err) == -1)
			fail_msg("%zu: %s", i, err.text);
		assert_string_equal(again.actor, "??");
		assert_string_equal(again.id, event.id);
		assert_string_equal(again.detail, i == 0 ? deep : row.detail);
	}
	assert_string_equal(again.detail, "{\"omitted_bytes\":100000}");
	talloc_free(ctx);
}

static void
what_is_no_event_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"{}",
		"[]",
		"{\"id\":\"x\",\"time\":\"t\",\"type\":\"t\",\"severity\":"
		"\"s\","
		"\"outcome\":\"o\"}",
		"{\"id\":\"0193a0b1-0000-4abc-8def-000000000001\","
		"\"time\":\"t\",\"type\":\"t\",\"severity\":\"s\","
		"\"outcome\":\"o\"}",
		"{\"id\":\"0193a0b1-0000-7abc-8def-000000000001\","
		"\"time\":\"t\",\"type\":1,\"severity\":\"s\","
		"\"outcome\":\"o\"}",
		"{\"id\":\"0193a0b1-0000-7abc-8def-000000000001\","
		"\"time\":\"t\",\"type\":\"t\",\"severity\":\"s\","
		"\"outcome\":\"o\",\"actor\":{\"id\":\"root\"}}",
		"{\"id\":\"0193a0b1-0000-7abc-8def-000000000001\","
		"\"time\":\"t\",\"type\":\"t\",\"severity\":\"s\","
		"\"outcome\":\"o\",\"detail\":\"text\"}",
		"{\"id\":\"0193a0b1-0000-7abc-8def-000000000001\","
		"\"time\":\"t\",\"type\":\"a\\u0000b\",\"severity\":\"s\","
		"\"outcome\":\"o\"}",
	};
	static const char control[] =
	    "{\"id\":\"0193a0b1-0000-7abc-8def-000000000001\","
	    "\"time\":\"t\",\"type\":\"t\",\"severity\":\"s\","
	    "\"outcome\":\"o\"}";
	struct sark_audit_row row;
	struct sark_err err;
	void *ctx = talloc_new(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_err_init(&err);
		assert_int_equal(sark_audit_row_from_json(
				     ctx, rows[i], strlen(rows[i]), &row, &err),
		    -1);
		assert_int_equal(err.code, SARK_BAD_REQUEST);
	}
	sark_err_init(&err);
	assert_int_equal(sark_audit_row_from_json(
			     ctx, control, sizeof(control) - 1, &row, &err),
	    0);
	/* the id's time, whatever the record claims */
	assert_string_equal(row.time, "2024-12-07T10:36:14.720Z");
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_reads_like_this),
		cmocka_unit_test(an_anonymous_failure_names_whom_it_is_about),
		cmocka_unit_test(whatever_comes_can_be_loaded),
		cmocka_unit_test(what_is_no_event_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
