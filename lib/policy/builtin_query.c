#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/builtin.h"

/* urlquery.*: application/x-www-form-urlencoded, as Go's net/url has it. */

static void
escape(struct sark_buf *buf, const struct sark_term *s)
{
	size_t i;
	char c;

	for (i = 0; i < s->len; i++) {
		c = s->text[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr("-_.~", c) != NULL))
			sark_buf_char(buf, c);
		else if (c == ' ')
			sark_buf_char(buf, '+');
		else
			sark_buf_format(buf, "%%%02X", (unsigned char)c);
	}
}

static int
hex_pair(const char *s)
{
	char text[3] = { s[0], s[1], '\0' };

	if (!sark_str_of(text, "0123456789abcdefABCDEF") || s[1] == '\0')
		return -1;
	return (int)strtol(text, NULL, 16);
}

/* Finder: 0 what is no such text, -1 bytes that are no UTF-8. */
static int
unescape(const struct sark_builtin_call *call, const char *s, size_t len,
    struct sark_term **value_r, struct sark_err *err)
{
	char *out = sark_new_array(call->ctx, char, len + 1);
	size_t i, n = 0;
	int byte;

	for (i = 0; i < len; i++) {
		if (s[i] == '%') {
			byte = len - i > 2 ? hex_pair(s + i + 1) : -1;
			if (byte == -1)
				return 0;
			out[n++] = (char)byte;
			i += 2;
		} else {
			out[n++] = s[i] == '+' ? ' ' : s[i];
		}
	}
	if (memchr(out, '\0', n) == NULL && !sark_str_utf8(out, n))
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "urlquery: the bytes are no UTF-8");
	return sark_builtin_give_str(call, out, n, value_r);
}

static int
encode(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	struct sark_buf buf;

	if (s == NULL)
		return 0;
	sark_buf_init(&buf, call->ctx);
	sark_buf_str(&buf, "");
	escape(&buf, s);
	return sark_builtin_give_str(call, buf.data, buf.len, value_r);
}

static int
decode(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *s = sark_builtin_str(call, 0);

	if (s == NULL)
		return 0;
	return unescape(call, s->text, s->len, value_r, err);
}

static void
add_pair(struct sark_buf *buf, const struct sark_term *key,
    const struct sark_term *value)
{
	if (buf->len > 0)
		sark_buf_char(buf, '&');
	escape(buf, key);
	sark_buf_char(buf, '=');
	escape(buf, value);
}

/* Values in the order of the array or set; keys in order, as a term has them. */
static int
encode_object(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *key, *value, *x;
	struct sark_buf buf;

	if (call->args[0]->type != SARK_TERM_OBJECT)
		return 0;
	sark_buf_init(&buf, call->ctx);
	sark_buf_str(&buf, "");
	for (key = call->args[0]->first; key != NULL; key = value->next) {
		value = key->next;
		if (key->type != SARK_TERM_STRING)
			return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
			    "urlquery.encode_object: a key is no string");
		if (value->type == SARK_TERM_STRING) {
			add_pair(&buf, key, value);
			continue;
		}
		if (value->type != SARK_TERM_ARRAY &&
		    value->type != SARK_TERM_SET)
			return 0;
		for (x = value->first; x != NULL; x = x->next) {
			if (x->type != SARK_TERM_STRING)
				return 0;
			add_pair(&buf, key, x);
		}
	}
	return sark_builtin_give_str(call, buf.data, buf.len, value_r);
}

static void
put_pair(const struct sark_builtin_call *call, struct sark_term *object,
    struct sark_term *key, struct sark_term *value)
{
	struct sark_term *list = sark_term_get(object, key);

	if (list == NULL) {
		list = sark_term_new(call->ctx, SARK_TERM_ARRAY);
		sark_term_add(object, key);
		sark_term_add(object, list);
	}
	sark_term_add(list, value);
}

static int
decode_pair(const struct sark_builtin_call *call, struct sark_term *object,
    const char *s, size_t len, struct sark_err *err)
{
	const char *equals = memchr(s, '=', len);
	size_t n = equals == NULL ? len : (size_t)(equals - s);
	struct sark_term *key, *value;
	int found;

	if (memchr(s, ';', len) != NULL)
		return 0;
	found = unescape(call, s, n, &key, err);
	if (found != 1)
		return found;
	if (equals == NULL)
		found = sark_builtin_give_str(call, "", 0, &value);
	else
		found = unescape(call, equals + 1, len - n - 1, &value, err);
	if (found == 1)
		put_pair(call, object, key, value);
	return found;
}

static int
decode_object(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	const char *p, *end, *stop;
	int found;

	if (s == NULL)
		return 0;
	*value_r = sark_term_new(call->ctx, SARK_TERM_OBJECT);
	end = s->text + s->len;
	for (p = s->text; p < end; p = stop + 1) {
		stop = memchr(p, '&', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		if (stop == p)
			continue;
		found = decode_pair(call, *value_r, p, (size_t)(stop - p), err);
		if (found != 1)
			return found;
	}
	sark_term_settle(*value_r);
	return 1;
}

const struct sark_builtin sark_builtins_query[] = { { "urlquery.decode", 1,
							decode },
	{ "urlquery.decode_object", 1, decode_object },
	{ "urlquery.encode", 1, encode },
	{ "urlquery.encode_object", 1, encode_object }, { NULL } };
