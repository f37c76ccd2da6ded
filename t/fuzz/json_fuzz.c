/*
 * The strict JSON reader.  What it takes is also taken by the scanner, is
 * nested no deeper than it says, and comes through the writer and back, and
 * through its own text and back, as the same value.
 */
#include "fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "json/reader.h"
#include "json/scan.h"
#include "json/writer.h"

/* A pointer is a constant of ours: a longer name is not looked for. */
#define NAME_MAX_AT 255

const char fuzz_name[] = "json";

struct frame {
	const struct sark_json *value;
	size_t next;
};

static bool
scalar(struct sark_jw *jw, const char *name, const struct sark_json *value)
{
	switch (sark_json_type(value)) {
	case SARK_JSON_NULL:
		sark_jw_null(jw, name);
		return true;
	case SARK_JSON_BOOL:
		sark_jw_bool(jw, name, sark_json_bool(value, false));
		return true;
	case SARK_JSON_INT:
		sark_jw_int(jw, name, sark_json_int(value, 0));
		return true;
	case SARK_JSON_DOUBLE:
		sark_jw_double(jw, name, sark_json_double(value, 0));
		return true;
	case SARK_JSON_STRING:
		sark_jw_str(jw, name, sark_json_str(value));
		return true;
	default:
		return false;
	}
}

/* By its name and by a pointer (RFC 6901) a member is the same. */
static void
check_member(const struct sark_json *object, const char *name,
    const struct sark_json *value)
{
	struct sark_buf pointer;
	const char *p;

	fuzz_holds(sark_json_get(object, name) == value);
	sark_buf_init(&pointer, NULL);
	sark_buf_char(&pointer, '/');
	for (p = name; *p != '\0'; p++) {
		if (*p == '~' || *p == '/')
			sark_buf_str(&pointer, *p == '~' ? "~0" : "~1");
		else
			sark_buf_char(&pointer, *p);
	}
	fuzz_holds(strlen(name) > NAME_MAX_AT ||
	    sark_json_at(object, pointer.data) == value);
	talloc_free(pointer.data);
}

/* Writes a value; the depth is judged on the way. */
static void
write_value(struct sark_buf *out, const struct sark_json *top)
{
	struct frame stack[SARK_JSON_DEPTH + 1];
	const struct sark_json *value = top;
	const char *name = NULL;
	struct frame *in;
	struct sark_jw jw;
	size_t depth = 0;

	sark_jw_init(&jw, out);
	for (;;) {
		if (!scalar(&jw, name, value)) {
			fuzz_holds(depth < SARK_JSON_DEPTH);
			sark_jw_open(&jw, name,
			    sark_json_type(value) == SARK_JSON_OBJECT ? '{'
								      : '[');
			stack[depth++] = (struct frame){ value, 0 };
		}
		while (depth > 0 &&
		    stack[depth - 1].next ==
			sark_json_count(stack[depth - 1].value)) {
			sark_jw_close(&jw);
			depth--;
		}
		if (depth == 0)
			return;
		in = &stack[depth - 1];
		name = NULL;
		if (sark_json_type(in->value) == SARK_JSON_OBJECT) {
			value = sark_json_member(in->value, in->next++, &name);
			check_member(in->value, name, value);
		} else {
			value = sark_json_element(in->value, in->next++);
		}
	}
}

static void
check_same(void *ctx, const char *text, size_t len, const struct sark_buf *want)
{
	const struct sark_json *again;
	struct sark_buf out;
	struct sark_err err;

	sark_err_init(&err);
	fuzz_holds(sark_json_parse(ctx, text, len, &again, &err) == 0);
	sark_buf_init(&out, ctx);
	write_value(&out, again);
	fuzz_holds(
	    out.len == want->len && memcmp(out.data, want->data, out.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = talloc_new(NULL);
	const char *text = (const char *)data, *own;
	const struct sark_json *value;
	struct sark_json_scan scan;
	struct sark_buf out;
	struct sark_err err;
	size_t len;

	sark_err_init(&err);
	if (sark_json_parse(ctx, text, size, &value, &err) == 0) {
		fuzz_holds(err.code == SARK_OK);
		fuzz_holds(
		    sark_json_scan(text, size, SARK_JSON_DEPTH, &scan) == 0);
		sark_buf_init(&out, ctx);
		write_value(&out, value);
		check_same(ctx, out.data, out.len, &out);
		own = sark_json_text(ctx, value, &len);
		fuzz_holds(strlen(own) == len);
		check_same(ctx, own, len, &out);
		sark_err_init(&err);
		fuzz_holds(
		    sark_json_parse_own(ctx, text, size, &value, &err) == 0);
	} else {
		fuzz_holds(err.code == SARK_BAD_REQUEST && err.text[0] != '\0');
	}
	talloc_free(ctx);
	return 0;
}
