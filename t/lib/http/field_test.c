#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "http/field.h"

#define LONG_WORD                                            \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct tool {
	const char *name;
	int level;
};

struct input {
	const char *text;
	const char *id;
	const char *secret;
	int64_t time;
	int64_t count;
	bool on;
	int level;
	const char *const *tags;
	const struct sark_json *object;
	const struct sark_json *any;
	struct sark_list tools;
};

#define AT(member) offsetof(struct input, member)

static const char *const levels[] = { "low", "high", NULL };

/* clang-format off */
static const struct sark_field tool_fields[] = {
	{ "/name", SARK_TEXT, offsetof(struct tool, name), 1, 5, SARK_REQUIRED },
	{ "/level", SARK_CHOICE, offsetof(struct tool, level), .choices = levels },
	{ NULL }
};
static const struct sark_field fields[] = {
	{ "/text", SARK_TEXT, AT(text), 1, 10, SARK_REQUIRED },
	{ "/id", SARK_UUID, AT(id) },
	{ "/secret", SARK_SECRET, AT(secret), 1, 0 },
	{ "/time", SARK_TIME, AT(time) },
	{ "/count", SARK_INT, AT(count), 1, 200 },
	{ "/on", SARK_BOOL, AT(on) },
	{ "/level", SARK_CHOICE, AT(level), .choices = levels },
	{ "/tags", SARK_WORDS, AT(tags), 0, 3 },
	{ "/object", SARK_OBJECT, AT(object), 0, 2 },
	{ "/any", SARK_ANY, AT(any) },
	{ "/tools", SARK_LIST, AT(tools), 0, 4, .sub = tool_fields,
	  .sub_size = sizeof(struct tool) },
	{ NULL }
};
static const struct sark_field query_fields[] = {
	{ "text", SARK_TEXT, AT(text), 1, 10, .charset = "abc \xc3\xa9" },
	{ "id", SARK_UUID, AT(id) },
	{ "from", SARK_TIME, AT(time) },
	{ "limit", SARK_INT, AT(count), 1, 200 },
	{ "on", SARK_BOOL, AT(on) },
	{ "level", SARK_CHOICE, AT(level), .choices = levels },
	{ NULL }
};
/* clang-format on */

static const struct sark_input body = { fields, sizeof(struct input) };
static const struct sark_input query = { query_fields, sizeof(struct input) };

static const struct input *
read_body(void *mem, const char *text, struct sark_err *err)
{
	const struct sark_json *json;
	void *out = NULL;

	sark_err_init(err);
	assert_int_equal(
	    sark_json_parse(mem, text, strlen(text), &json, err), 0);
	if (sark_fields_from_json(mem, &body, json, &out, err) == -1)
		return NULL;
	return out;
}

static void
a_body_fills_the_struct(void **state)
{
	static const char text[] =
	    "{\"text\":\"a\\n\\tb\",\"id\":"
	    "\"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\",\"secret\":\"s3\","
	    "\"time\":\"1970-01-01T00:00:01.5Z\",\"count\":200,\"on\":true,"
	    "\"level\":\"high\",\"tags\":[\"x\",\"y\"],\"object\":{\"a\":1},"
	    "\"any\":[1],\"tools\":[{\"name\":\"t1\"},{\"name\":\"t2\","
	    "\"level\":\"low\"}]}";
	void *mem = talloc_new(NULL);
	const struct input *in;
	const struct tool *tools;
	struct sark_err err;

	(void)state;
	in = read_body(mem, text, &err);
	assert_non_null(in);
	assert_string_equal(in->text, "a\n\tb");
	assert_string_equal(in->id, "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
	assert_string_equal(in->secret, "s3");
	assert_int_equal(in->time, 1500);
	assert_int_equal(in->count, 200);
	assert_true(in->on);
	assert_int_equal(in->level, 2);
	assert_string_equal(in->tags[1], "y");
	assert_null(in->tags[2]);
	assert_int_equal(sark_json_int(sark_json_get(in->object, "a"), 0), 1);
	assert_int_equal(sark_json_count(in->any), 1);
	tools = in->tools.items;
	assert_int_equal(in->tools.count, 2);
	assert_string_equal(tools[1].name, "t2");
	assert_int_equal(tools[0].level, 0);
	assert_int_equal(tools[1].level, 1);
	talloc_free(mem);
}

static void
null_counts_as_absent(void **state)
{
	void *mem = talloc_new(NULL);
	const struct input *in;
	struct sark_err err;

	(void)state;
	in = read_body(mem, "{\"text\":\"a\",\"id\":null,\"tags\":null}", &err);
	assert_non_null(in);
	assert_null(in->id);
	assert_null(in->tags);
	assert_int_equal(in->level, 0);
	assert_null(read_body(mem, "{\"text\":null}", &err));
	assert_string_equal(err.fields[0].pointer, "/text");
	assert_string_equal(err.fields[0].message, "is required");
	talloc_free(mem);
}

static void
a_wrong_field_is_named(void **state)
{
	static const struct {
		const char *member, *pointer, *message;
	} rows[] = {
		{ "\"text\":\"\"", "/text", "must be 1 to 10 bytes long" },
		{ "\"text\":\"12345678901\"", "/text",
		    "must be 1 to 10 bytes long" },
		{ "\"text\":7", "/text", "must be a string" },
		{ "\"text\":\"a\\u0007\"", "/text",
		    "must not hold control characters" },
		{ "\"text\":\"a\\r\"", "/text",
		    "must not hold control characters" },
		{ "\"text\":\"a\\u007f\"", "/text",
		    "must not hold control characters" },
		{ "\"secret\":\"a\\n\"", "/secret",
		    "must not hold control characters" },
		{ "\"secret\":\"\"", "/secret",
		    "must be at least 1 bytes long" },
		{ "\"id\":\"x\"", "/id", "must be a lower-case UUID" },
		{ "\"time\":\"yesterday\"", "/time",
		    "must be a time as in RFC 3339" },
		{ "\"count\":0", "/count", "must be 1 to 200" },
		{ "\"count\":201", "/count", "must be 1 to 200" },
		{ "\"count\":1.0", "/count", "must be an integer" },
		{ "\"count\":1e1", "/count", "must be an integer" },
		{ "\"count\":\"5\"", "/count", "must be an integer" },
		{ "\"count\":true", "/count", "must be an integer" },
		{ "\"on\":1", "/on", "must be true or false" },
		{ "\"level\":\"LOW\"", "/level", "must be one of low, high" },
		{ "\"tags\":{}", "/tags", "must be an array" },
		{ "\"tags\":[\"a\",\"b\",\"c\",\"d\"]", "/tags",
		    "must have 0 to 3 items" },
		{ "\"tags\":[\"a\",\"\"]", "/tags/1",
		    "must be a string of 1 to 200 bytes" },
		{ "\"tags\":[1]", "/tags/0",
		    "must be a string of 1 to 200 bytes" },
		{ "\"tags\":[\"" LONG_WORD LONG_WORD "a\"]", "/tags/0",
		    "must be a string of 1 to 200 bytes" },
		{ "\"object\":[]", "/object", "must be an object" },
		{ "\"object\":{\"a\":1,\"b\":2,\"c\":3}", "/object",
		    "must have 0 to 2 members" },
		{ "\"tools\":[{\"name\":\"a\"},7]", "/tools/1",
		    "must be an object" },
		{ "\"tools\":[{\"name\":\"a\"},{\"name\":\"123456\"}]",
		    "/tools/1/name", "must be 1 to 5 bytes long" },
		{ "\"tools\":[{}]", "/tools/0/name", "is required" },
		{ "\"tools\":[{\"name\":\"a\",\"x\":1}]", "/tools/0/x",
		    "is not known here" },
		{ "\"nope\":1", "/nope", "is not known here" },
		{ "\"a/b~c\":1", "/a~1b~0c", "is not known here" },
		{ "\"\":1", "/", "is not known here" },
	};
	void *mem = talloc_new(NULL);
	struct sark_err err;
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		bool is_text = strncmp(rows[i].member, "\"text\"", 6) == 0;

		assert_null(read_body(mem,
		    sark_format(mem, "{%s%s}", rows[i].member,
			is_text ? "" : ",\"text\":\"a\""),
		    &err));
		assert_int_equal(err.code, SARK_INVALID);
		assert_int_equal(err.nfields, 1);
		assert_string_equal(err.fields[0].pointer, rows[i].pointer);
		assert_string_equal(err.fields[0].message, rows[i].message);
	}
	talloc_free(mem);
}

static void
every_wrong_field_is_reported(void **state)
{
	void *mem = talloc_new(NULL);
	struct sark_buf text;
	struct sark_err err;
	int i;

	(void)state;
	assert_null(read_body(
	    mem, "{\"count\":\"x\",\"zz\":1,\"tools\":[{\"level\":3}]}", &err));
	assert_int_equal(err.nfields, 5);
	assert_string_equal(err.fields[0].pointer, "/text");
	assert_string_equal(err.fields[1].pointer, "/count");
	assert_string_equal(err.fields[2].pointer, "/tools/0/name");
	assert_string_equal(err.fields[3].pointer, "/tools/0/level");
	assert_string_equal(err.fields[4].pointer, "/zz");

	sark_buf_init(&text, mem);
	sark_buf_str(&text, "{\"text\":\"a\"");
	for (i = 0; i < 5000; i++)
		sark_buf_format(&text, ",\"u%d\":1", i);
	sark_buf_str(&text, "}");
	assert_null(read_body(mem, text.data, &err));
	assert_int_equal(err.nfields, SARK_ERR_FIELDS);

	assert_null(read_body(mem, "[]", &err));
	assert_string_equal(err.fields[0].pointer, "");
	talloc_free(mem);
}

static void
a_query_fills_the_struct(void **state)
{
	void *mem = talloc_new(NULL);
	struct sark_err err;
	struct input *in;
	void *out;

	(void)state;
	sark_err_init(&err);
	assert_int_equal(sark_fields_from_query(mem, &query,
			     "text=a+b%20%C3%A9&limit=7&on=true&level=low"
			     "&from=1970-01-01T00:00:01Z",
			     &out, &err),
	    0);
	in = out;
	assert_string_equal(in->text, "a b \xc3\xa9");
	assert_int_equal(in->count, 7);
	assert_true(in->on);
	assert_int_equal(in->level, 1);
	assert_int_equal(in->time, 1000);
	assert_null(in->id);
	assert_int_equal(
	    sark_fields_from_query(mem, &query, "", &out, &err), 0);
	talloc_free(mem);
}

static void
http18_a_wrong_query_is_refused(void **state)
{
	static const struct {
		const char *query;
		enum sark_code code;
		const char *name;
	} rows[] = {
		{ "limit=1&limit=2", SARK_INVALID, "limit" },
		{ "limit=1&%6Cimit=2", SARK_INVALID, "limit" },
		{ "other=1", SARK_INVALID, "other" },
		{ "limit=0", SARK_INVALID, "limit" },
		{ "limit=01", SARK_INVALID, "limit" },
		{ "limit=+1", SARK_INVALID, "limit" },
		{ "limit=", SARK_INVALID, "limit" },
		{ "text=", SARK_INVALID, "text" },
		{ "text=d", SARK_INVALID, "text" },
		{ "text=%0d%0a", SARK_INVALID, "text" },
		{ "on=1", SARK_INVALID, "on" },
		{ "id=A", SARK_INVALID, "id" },
		{ "limit", SARK_BAD_REQUEST, NULL },
		{ "=1", SARK_BAD_REQUEST, NULL },
		{ "&", SARK_BAD_REQUEST, NULL },
		{ "limit=1&", SARK_BAD_REQUEST, NULL },
		{ "text=%00", SARK_BAD_REQUEST, NULL },
		{ "text=%c3", SARK_BAD_REQUEST, NULL },
		{ "text=%", SARK_BAD_REQUEST, NULL },
		{ "text=%4", SARK_BAD_REQUEST, NULL },
		{ "text=%4&limit=1", SARK_BAD_REQUEST, NULL },
		{ "text=%zz", SARK_BAD_REQUEST, NULL },
	};
	void *mem = talloc_new(NULL);
	struct sark_err err;
	size_t i;
	void *out;

	(void)state;
	for (i = 0; i < SARK_COUNT(rows); i++) {
		sark_err_init(&err);
		assert_int_equal(sark_fields_from_query(
				     mem, &query, rows[i].query, &out, &err),
		    -1);
		assert_int_equal(err.code, rows[i].code);
		if (rows[i].name != NULL)
			assert_string_equal(
			    err.fields[0].pointer, rows[i].name);
	}
	talloc_free(mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_fills_the_struct),
		cmocka_unit_test(null_counts_as_absent),
		cmocka_unit_test(a_wrong_field_is_named),
		cmocka_unit_test(every_wrong_field_is_reported),
		cmocka_unit_test(a_query_fills_the_struct),
		cmocka_unit_test(http18_a_wrong_query_is_refused),
	};

	return cmocka_run_group_tests_name("http/field", tests, NULL, NULL);
}
