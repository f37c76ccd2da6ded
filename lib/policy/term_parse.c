#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/writer.h"
#include "policy/term.h"

/*
 * What crosses between the compiled policy and its builtins: JSON with
 * {1, 2} and set() for sets.
 */

struct reader {
	void *ctx;
	const char *at, *end;
};

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && strchr(" \t\r\n", *r->at) != NULL &&
	    *r->at != '\0')
		r->at++;
}

static bool
take(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

static int
hex4(struct reader *r, unsigned int *code_r)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit;
	int i;

	*code_r = 0;
	for (i = 0; i < 4; i++, r->at++) {
		if (r->at >= r->end || *r->at == '\0' ||
		    (digit = strchr(digits, *r->at)) == NULL)
			return -1;
		*code_r = *code_r * 16 + (unsigned int)(digit - digits) % 16;
	}
	return 0;
}

static void
add_utf8(struct sark_buf *buf, unsigned int code)
{
	char out[4];
	size_t n = 0;

	if (code < 0x80) {
		out[n++] = (char)code;
	} else if (code < 0x800) {
		out[n++] = (char)(0xc0 | code >> 6);
		out[n++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		out[n++] = (char)(0xe0 | code >> 12);
		out[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		out[n++] = (char)(0x80 | (code & 0x3f));
	} else {
		out[n++] = (char)(0xf0 | code >> 18);
		out[n++] = (char)(0x80 | (code >> 12 & 0x3f));
		out[n++] = (char)(0x80 | (code >> 6 & 0x3f));
		out[n++] = (char)(0x80 | (code & 0x3f));
	}
	sark_buf_add(buf, out, n);
}

static int
read_escape(struct reader *r, struct sark_buf *buf)
{
	static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	unsigned int code, low;
	const char *name;

	if (r->at >= r->end)
		return -1;
	if (*r->at != 'u') {
		if (*r->at == '\0' || (name = strchr(names, *r->at)) == NULL)
			return -1;
		sark_buf_char(buf, meant[name - names]);
		r->at++;
		return 0;
	}
	r->at++;
	if (hex4(r, &code) == -1)
		return -1;
	if (code >= 0xd800 && code < 0xdc00 && take(r, "\\u")) {
		if (hex4(r, &low) == -1)
			return -1;
		code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
	}
	add_utf8(buf, code);
	return 0;
}

/*
 * Whether a text, in which NUL may stand, is UTF-8: what a policy decodes
 * from base64 may be anything, and the builtins step over characters.
 */
static bool
well_formed(const char *text, size_t len)
{
	size_t n;

	while (len > 0) {
		n = strnlen(text, len);
		if (!sark_str_utf8(text, n))
			return false;
		n += n < len;
		text += n;
		len -= n;
	}
	return true;
}

static struct sark_term *
read_string(struct reader *r)
{
	struct sark_term *term = sark_term_new(r->ctx, SARK_TERM_STRING);
	struct sark_buf buf;
	const char *from;

	sark_buf_init(&buf, term);
	sark_buf_str(&buf, "");
	for (r->at++; r->at < r->end && *r->at != '"';) {
		from = r->at;
		while (r->at < r->end && *r->at != '"' && *r->at != '\\')
			r->at++;
		sark_buf_add(&buf, from, (size_t)(r->at - from));
		if (r->at < r->end && *r->at == '\\') {
			r->at++;
			if (read_escape(r, &buf) == -1)
				return NULL;
		}
	}
	if (!take(r, "\"") || !well_formed(buf.data, buf.len))
		return NULL;
	term->text = buf.data;
	term->len = buf.len;
	return term;
}

/* A value, of a container only its beginning; NULL: there is none. */
static struct sark_term *
read_value(struct reader *r)
{
	const char *from = r->at;

	if (r->at >= r->end)
		return NULL;
	if (*r->at == '"')
		return read_string(r);
	if (take(r, "["))
		return sark_term_new(r->ctx, SARK_TERM_ARRAY);
	if (take(r, "{"))
		return sark_term_new(r->ctx, SARK_TERM_OBJECT);
	if (take(r, "set()"))
		return sark_term_new(r->ctx, SARK_TERM_SET);
	if (take(r, "null"))
		return sark_term_new(r->ctx, SARK_TERM_NULL);
	if (take(r, "true"))
		return sark_term_bool(r->ctx, true);
	if (take(r, "false"))
		return sark_term_bool(r->ctx, false);
	while (r->at < r->end && *r->at != '\0' &&
	    strchr("0123456789+-.eE", *r->at) != NULL)
		r->at++;
	if (r->at == from)
		return NULL;
	return sark_term_number(r->ctx, from, (size_t)(r->at - from));
}

static const char *
closing(const struct sark_term *term)
{
	return term->type == SARK_TERM_ARRAY ? "]" : "}";
}

/*
 * Reads what stands behind a member of in.  Returns 1 when in is complete, 0
 * when another member follows, -1 otherwise.
 */
static int
read_separator(struct reader *r, struct sark_term *in)
{
	skip_blanks(r);
	if (in->type == SARK_TERM_OBJECT && in->count % 2 == 1) {
		if (take(r, ":"))
			return 0;
		/* Braces without a colon behind the first member: a set. */
		if (in->count != 1)
			return -1;
		in->type = SARK_TERM_SET;
		in->first->is_key = false;
	}
	if (take(r, ","))
		return 0;
	return take(r, closing(in)) ? 1 : -1;
}

int
sark_term_parse(
    void *ctx, const char *text, size_t len, struct sark_term **term_r)
{
	struct reader r = { .ctx = ctx, .at = text, .end = text + len };
	struct sark_term *in = NULL, *term;
	int closed;

	for (;;) {
		skip_blanks(&r);
		term = read_value(&r);
		if (term == NULL)
			return -1;
		if (in != NULL)
			sark_term_add(in, term);
		if (r.at[-1] == '[' || r.at[-1] == '{') {
			skip_blanks(&r);
			if (!take(&r, closing(term))) {
				in = term;
				continue;
			}
		}
		while (in != NULL && (closed = read_separator(&r, in)) != 0) {
			if (closed == -1)
				return -1;
			sark_term_settle(in);
			term = in;
			in = in->parent;
		}
		if (in == NULL)
			break;
	}
	skip_blanks(&r);
	*term_r = term;
	return r.at == r.end ? 0 : -1;
}

static void
quote(struct sark_buf *buf, const struct sark_term *string)
{
	struct sark_jw jw;

	sark_jw_init(&jw, buf);
	sark_jw_strn(&jw, NULL, string->text, string->len);
}

void
sark_term_write(struct sark_buf *buf, const struct sark_term *term)
{
	static const struct sark_term_style plain = {
		.comma = ",", .colon = ":", .quote = quote
	};

	sark_term_write_with(buf, term, &plain);
}
