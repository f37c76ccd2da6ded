#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "http/incoming.h"

struct setup {
	struct sark_exchange in;
	struct sark_networks *proxies;
	struct sark_incoming incoming;
	struct sark_err err;
};

static int
set_up(void **state)
{
	static const char *const trusted[] = { "127.0.0.1", "10.0.0.0/8",
		"2001:db8::/32", NULL };
	struct setup *s = sark_new(NULL, struct setup);

	sark_err_init(&s->err);
	*state = s;
	return sark_networks_make(s, trusted, &s->proxies, &s->err);
}

static int
tear_down(void **state)
{
	talloc_free(*state);
	return 0;
}

static void
add(struct setup *s, const char *name, const char *value)
{
	struct sark_param param = { name, value, (uint32_t)strlen(name),
		(uint32_t)strlen(value) };

	sark_exchange_add(&s->in, &param);
}

/* A plain GET with one header more, NULL none. */
static enum sark_code
get_with(struct setup *s, const char *name, const char *value)
{
	sark_exchange_reset(&s->in);
	add(s, "REQUEST_METHOD", "GET");
	add(s, "REQUEST_URI", "/a?b=c");
	add(s, "REMOTE_ADDR", "192.0.2.1");
	if (name != NULL)
		add(s, name, value);
	sark_err_init(&s->err);
	if (sark_incoming_read(s, s->proxies, &s->in, &s->incoming, &s->err) ==
	    0)
		return SARK_OK;
	return s->err.code;
}

static void
a_request_is_read(void **state)
{
	struct setup *s = *state;

	assert_int_equal(
	    get_with(s, "HTTP_AUTHORIZATION", "Bearer a.b-_9"), SARK_OK);
	assert_int_equal(s->incoming.req.method, SARK_GET);
	assert_string_equal(s->incoming.req.path, "/a");
	assert_string_equal(s->incoming.req.query, "b=c");
	assert_string_equal(s->incoming.credential.bearer, "a.b-_9");
	assert_string_equal(s->incoming.caller.client_ip, "192.0.2.1");
	assert_string_equal(s->incoming.caller.user_id, "");
	assert_true(sark_uuid_valid(s->incoming.caller.request_id));
	assert_null(s->incoming.caller.permissions[0]);
	assert_null(s->incoming.traceparent);
}

/* Reads a plain GET with two lines of a header. */
static enum sark_code
get_with_two(struct setup *s, const char *name, const char *second)
{
	if (get_with(s, name, "first") != SARK_OK)
		return SARK_INTERNAL;
	add(s, name, second);
	if (sark_incoming_read(s, s->proxies, &s->in, &s->incoming, &s->err) ==
	    0)
		return SARK_OK;
	return s->err.code;
}

static void
http08_only_harmless_lists_come_twice(void **state)
{
	static const char *const harmless[] = { "HTTP_ACCEPT",
		"HTTP_ACCEPT_LANGUAGE", "HTTP_VIA", NULL };
	static const char *const other[] = { "HTTP_X_A", "HTTP_COOKIE",
		"HTTP_X_FORWARDED_FOR", "HTTP_CACHE_CONTROL", "HTTP_HOST",
		"HTTP_IF_NONE_MATCH", "HTTP_X_ACCEPT", NULL };
	struct setup *s = *state;
	const char *const *p;

	for (p = harmless; *p != NULL; p++) {
		assert_int_equal(get_with_two(s, *p, "second"), SARK_OK);
		assert_string_equal(sark_exchange_get(&s->in, *p), "first");
		assert_int_equal(get_with_two(s, *p, "a\nb"), SARK_BAD_REQUEST);
	}
	for (p = other; *p != NULL; p++)
		assert_int_equal(
		    get_with_two(s, *p, "second"), SARK_BAD_REQUEST);
}

static void
http12_methods_come_from_a_list(void **state)
{
	static const char *const odd[] = { "get", "TRACE", "CONNECT", "G=\":<>",
		"", "GET ", "PROPFIND", NULL };
	struct setup *s = *state;
	const char *const *p;

	for (p = odd; *p != NULL; p++) {
		sark_exchange_reset(&s->in);
		add(s, "REQUEST_URI", "/a");
		add(s, "REQUEST_METHOD", *p);
		add(s, "HTTP_X_HTTP_METHOD_OVERRIDE", "GET");
		sark_err_init(&s->err);
		assert_int_equal(sark_incoming_read(s, s->proxies, &s->in,
				     &s->incoming, &s->err),
		    0);
		assert_int_equal(s->incoming.req.method, 0);
	}
}

static void
http02_lengths_are_strict(void **state)
{
	static const struct {
		const char *length;
		const char *body;
		enum sark_code code;
	} rows[] = {
		{ "5", "12345", SARK_OK }, { "0", "", SARK_OK },
		{ "", "", SARK_OK }, { NULL, "", SARK_OK },
		{ NULL, "12345", SARK_BAD_REQUEST },
		{ "", "12345", SARK_BAD_REQUEST },
		{ "+5", "12345", SARK_BAD_REQUEST },
		{ "-5", "12345", SARK_BAD_REQUEST },
		{ "+1_0", "12345", SARK_BAD_REQUEST },
		{ "0x5", "12345", SARK_BAD_REQUEST },
		{ "5Z", "12345", SARK_BAD_REQUEST },
		{ "05", "12345", SARK_BAD_REQUEST },
		{ "5, 5", "12345", SARK_BAD_REQUEST },
		{ " 5", "12345", SARK_BAD_REQUEST },
		{ "18446744073709551621", "12345", SARK_BAD_REQUEST },
		{ "4", "12345", SARK_BAD_REQUEST },   /* FCGI-05 */
		{ "100", "12345", SARK_BAD_REQUEST }, /* HTTP-16 */
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_exchange_reset(&s->in);
		add(s, "REQUEST_METHOD", "POST");
		add(s, "REQUEST_URI", "/a");
		if (rows[i].length != NULL)
			add(s, "CONTENT_LENGTH", rows[i].length);
		s->in.body = rows[i].body;
		s->in.body_len = strlen(rows[i].body);
		sark_err_init(&s->err);
		assert_int_equal(sark_incoming_read(s, s->proxies, &s->in,
				     &s->incoming, &s->err),
		    rows[i].code == SARK_OK ? 0 : -1);
		assert_int_equal(s->err.code, rows[i].code);
	}
}

static void
jwt27_one_bearer_of_one_spelling(void **state)
{
	static const struct {
		const char *value;
		enum sark_code code;
		const char *bearer;
	} rows[] = {
		{ "Bearer abc", SARK_OK, "abc" },
		{ "bearer abc", SARK_OK, "abc" },
		{ "BEARER abc", SARK_OK, "abc" },
		{ "Bearer  abc", SARK_BAD_REQUEST, NULL },
		{ "Bearer\tabc", SARK_BAD_REQUEST, NULL },
		{ "Bearer abc ", SARK_BAD_REQUEST, NULL },
		{ "Bearer a b", SARK_BAD_REQUEST, NULL },
		{ "Bearer", SARK_BAD_REQUEST, NULL },
		{ "Bearer ", SARK_BAD_REQUEST, NULL },
		{ "Bearer a=", SARK_BAD_REQUEST, NULL },
		{ "Bearer a, Bearer b", SARK_BAD_REQUEST, NULL },
		{ "Bearer a,Bearer b", SARK_BAD_REQUEST, NULL },
		{ "Basic eDp5", SARK_OK, NULL },
		{ "Bearerabc", SARK_OK, NULL },
		{ "", SARK_OK, NULL },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		assert_int_equal(
		    get_with(s, "HTTP_AUTHORIZATION", rows[i].value),
		    rows[i].code);
		if (rows[i].bearer == NULL)
			assert_null(s->incoming.credential.bearer);
		else
			assert_string_equal(
			    s->incoming.credential.bearer, rows[i].bearer);
	}
}

static void
http08_credentials_come_once(void **state)
{
	struct setup *s = *state;

	assert_int_equal(get_with(s, "HTTP_X_API_KEY", "sark_x_1"), SARK_OK);
	assert_string_equal(s->incoming.credential.api_key, "sark_x_1");
	add(s, "HTTP_AUTHORIZATION", "Bearer a");
	assert_int_equal(
	    sark_incoming_read(s, s->proxies, &s->in, &s->incoming, &s->err),
	    -1);
	assert_int_equal(s->err.code, SARK_BAD_REQUEST);
	assert_int_equal(
	    get_with(s, "HTTP_X_API_KEY", "a, b"), SARK_BAD_REQUEST);
	assert_int_equal(get_with(s, "HTTP_X_API_KEY", ""), SARK_BAD_REQUEST);
	/* HTTP-05: one header hiding behind another. */
	assert_int_equal(
	    get_with(s, "REMOTE_ADDR", "127.0.0.1"), SARK_BAD_REQUEST);
}

static void
http10_header_bytes_are_checked(void **state)
{
	static const struct {
		const char *name, *value;
		enum sark_code code;
	} rows[] = {
		{ "HTTP_X", "plain value, a long one: ~!@#$%^&*()", SARK_OK },
		{ "HTTP_X", "tab\tis white space", SARK_OK },
		{ "HTTP_X", "a\rb", SARK_BAD_REQUEST },
		{ "HTTP_X", "a\nb", SARK_BAD_REQUEST },
		{ "HTTP_X", "12345678\n", SARK_BAD_REQUEST },
		{ "HTTP_X",
		    "1234567\x1f"
		    "123456789",
		    SARK_BAD_REQUEST },
		{ "HTTP_X",
		    "1234\x7f"
		    "56789012345",
		    SARK_BAD_REQUEST },
		{ "HTTP_X", "a\x85", SARK_BAD_REQUEST },
		{ "HTTP_X", "a\xa0", SARK_BAD_REQUEST },
		{ "HTTP_X", "12345678901\xff", SARK_BAD_REQUEST },
		{ "HTTP_USER_AGENT", "a\x1b[31m", SARK_BAD_REQUEST },
		{ "HTTP_USER_AGENT", "a\xc3\xa9", SARK_OK },
		{ "HTTP_X\x80", "v", SARK_BAD_REQUEST },
		{ "HTTP_X Y", "v", SARK_BAD_REQUEST },
		{ "HTTP_x", "v", SARK_BAD_REQUEST },
		{ "HTTP_X_9", "v", SARK_OK },
		{ "OTHER\x01", "not a header\n", SARK_OK },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++)
		assert_int_equal(
		    get_with(s, rows[i].name, rows[i].value), rows[i].code);
}

static void
http19_hosts_are_checked(void **state)
{
	static const struct {
		const char *host;
		enum sark_code code;
	} rows[] = {
		{ "sark.example", SARK_OK },
		{ "sark.example:8080", SARK_OK },
		{ "[::1]:8080", SARK_OK },
		{ "127.0.0.1", SARK_OK },
		{ "a@b", SARK_BAD_REQUEST },
		{ "a:99999", SARK_BAD_REQUEST },
		{ "a:0", SARK_BAD_REQUEST },
		{ "a:", SARK_BAD_REQUEST },
		{ "a, b", SARK_BAD_REQUEST },
		{ "a/b", SARK_BAD_REQUEST },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++)
		assert_int_equal(
		    get_with(s, "HTTP_HOST", rows[i].host), rows[i].code);
}

static void
http07_only_trusted_proxies_are_believed(void **state)
{
	static const struct {
		const char *peer, *forwarded, *client;
	} rows[] = {
		{ "192.0.2.1", "198.51.100.1", "192.0.2.1" },
		{ "127.0.0.1", NULL, "127.0.0.1" },
		{ "127.0.0.1", "", "127.0.0.1" },
		{ "127.0.0.1", "198.51.100.1", "198.51.100.1" },
		{ "127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1" },
		{ "127.0.0.1", "1.1.1.1,198.51.100.1 ,\t10.2.3.4",
		    "198.51.100.1" },
		{ "127.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9" },
		{ "127.0.0.1", "evil, 10.2.3.4", "10.2.3.4" },
		{ "127.0.0.1", "1.1.1.1, , 10.2.3.4", "10.2.3.4" },
		{ "127.0.0.1", "1.1.1.1:80", "127.0.0.1" },
		{ "127.0.0.1", "2001:DB8:0::1, ::FFFF:10.0.0.1",
		    "2001:db8::1" },
		{ "::ffff:127.0.0.1", "::ffff:9.9.9.9", "9.9.9.9" },
		{ "11.0.0.1", "9.9.9.9", "11.0.0.1" },
		{ "2001:db9::1", "9.9.9.9", "2001:db9::1" },
		{ "unix:", "9.9.9.9", "" },
		{ "010.0.0.1", "9.9.9.9", "" },
	};
	struct setup *s = *state;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_exchange_reset(&s->in);
		add(s, "REQUEST_URI", "/a");
		add(s, "REMOTE_ADDR", rows[i].peer);
		if (rows[i].forwarded != NULL)
			add(s, "HTTP_X_FORWARDED_FOR", rows[i].forwarded);
		add(s, "HTTP_X_REAL_IP", "7.7.7.7");
		add(s, "HTTP_FORWARDED", "for=7.7.7.7");
		sark_err_init(&s->err);
		assert_int_equal(sark_incoming_read(s, s->proxies, &s->in,
				     &s->incoming, &s->err),
		    0);
		assert_string_equal(
		    s->incoming.caller.client_ip, rows[i].client);
	}
}

static void
networks_are_checked(void **state)
{
	static const char *const odd[] = { "10.0.0.1/8", "10.0.0.0/33", "x",
		"10.0.0.0/", "10.0.0.0/08", "2001:db8::/129", "", "1.2.3",
		NULL };
	struct setup *s = *state;
	struct sark_networks *networks;
	const char *const *p;

	for (p = odd; *p != NULL; p++) {
		const char *const list[] = { *p, NULL };

		sark_err_init(&s->err);
		assert_int_equal(
		    sark_networks_make(s, list, &networks, &s->err), -1);
		assert_int_equal(s->err.code, SARK_CONFIG);
	}
}

static void
ids_and_traces_are_taken_if_valid(void **state)
{
	static const char parent[] =
	    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
	static const char *const odd[] = {
		"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "00",
		"", NULL
	};
	struct setup *s = *state;
	char id[130];
	const char *const *p;

	get_with(s, "HTTP_TRACEPARENT", parent);
	assert_string_equal(
	    s->incoming.caller.trace_id, "0af7651916cd43dd8448eb211c80319c");
	assert_string_equal(s->incoming.traceparent, parent);
	for (p = odd; *p != NULL; p++) {
		get_with(s, "HTTP_TRACEPARENT", *p);
		assert_string_equal(s->incoming.caller.trace_id, "");
		assert_null(s->incoming.traceparent);
	}
	memset(id, 'a', sizeof(id));
	id[128] = '\0';
	get_with(s, "HTTP_X_REQUEST_ID", id);
	assert_string_equal(s->incoming.caller.request_id, id);
	id[128] = 'a';
	id[129] = '\0';
	get_with(s, "HTTP_X_REQUEST_ID", id);
	assert_true(sark_uuid_valid(s->incoming.caller.request_id));
	get_with(s, "HTTP_X_REQUEST_ID", "a b");
	assert_true(sark_uuid_valid(s->incoming.caller.request_id));
}

static void
http22_the_user_agent_is_cut_and_made_utf8(void **state)
{
	struct setup *s = *state;
	char agent[1024];
	const char *got;

	get_with(s, "HTTP_USER_AGENT", "caf\xc3\xa9 \xff\xc3 ${jndi:x}");
	assert_string_equal(
	    s->incoming.caller.user_agent, "caf\xc3\xa9 ?? ${jndi:x}");
	memset(agent, 'a', sizeof(agent));
	memcpy(agent + 510, "\xe2\x82\xac", 3);
	agent[sizeof(agent) - 1] = '\0';
	get_with(s, "HTTP_USER_AGENT", agent);
	got = s->incoming.caller.user_agent;
	assert_int_equal(strlen(got), 510);
	assert_true(sark_str_utf8(got, strlen(got)));
}

static void
http17_http20_bodies_are_json(void **state)
{
	static const struct {
		const char *type, *encoding;
		enum sark_code code;
	} rows[] = {
		{ "application/json", NULL, SARK_OK },
		{ "Application/JSON; charset=UTF-8", NULL, SARK_OK },
		{ "application/json ; charset=\"utf-8\"", NULL, SARK_OK },
		{ "application/json", "identity", SARK_OK },
		{ NULL, NULL, SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "", NULL, SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "text/plain", NULL, SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "application/jsonp", NULL, SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "application/json;charset=utf-16", NULL,
		    SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "multipart/form-data; boundary=x", NULL,
		    SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "application/json", "gzip", SARK_UNSUPPORTED_MEDIA_TYPE },
		{ "application/json, text/plain", NULL, SARK_BAD_REQUEST },
	};
	struct setup *s = *state;
	struct sark_incoming incoming;
	size_t i;

	for (i = 0; i < SARK_COUNT(rows); i++) {
		memset(&incoming, 0, sizeof(incoming));
		incoming.content_type = rows[i].type;
		incoming.content_encoding = rows[i].encoding;
		sark_err_init(&s->err);
		assert_int_equal(sark_incoming_json(&incoming, &s->err),
		    rows[i].code == SARK_OK ? 0 : -1);
		assert_int_equal(s->err.code, rows[i].code);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_is_read),
		TEST(http08_only_harmless_lists_come_twice),
		TEST(http12_methods_come_from_a_list),
		TEST(http02_lengths_are_strict),
		TEST(jwt27_one_bearer_of_one_spelling),
		TEST(http08_credentials_come_once),
		TEST(http10_header_bytes_are_checked),
		TEST(http19_hosts_are_checked),
		TEST(http07_only_trusted_proxies_are_believed),
		TEST(networks_are_checked),
		TEST(ids_and_traces_are_taken_if_valid),
		TEST(http22_the_user_agent_is_cut_and_made_utf8),
		TEST(http17_http20_bodies_are_json),
	};

	return cmocka_run_group_tests_name("http/incoming", tests, NULL, NULL);
}
