#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/secret.h"
#include "policy/builtin.h"
#include "policy/builtin_format.h"

/* Strings: affixes, counting, formatting, hex, digests. */

typedef bool affix(const struct sark_term *s, const struct sark_term *part);

static bool
has_prefix(const struct sark_term *s, const struct sark_term *part)
{
	return s->len >= part->len &&
	    memcmp(s->text, part->text, part->len) == 0;
}

static bool
has_suffix(const struct sark_term *s, const struct sark_term *part)
{
	return s->len >= part->len &&
	    memcmp(s->text + s->len - part->len, part->text, part->len) == 0;
}

/* A string, or an array or set of strings: its first, else NULL. */
static bool
strings_of(const struct sark_term *term, const struct sark_term **first_r)
{
	const struct sark_term *x;

	*first_r = term;
	if (term->type == SARK_TERM_STRING)
		return true;
	if (term->type != SARK_TERM_ARRAY && term->type != SARK_TERM_SET)
		return false;
	*first_r = term->first;
	for (x = term->first; x != NULL; x = x->next)
		if (x->type != SARK_TERM_STRING)
			return false;
	return true;
}

static const struct sark_term *
after(const struct sark_term *operand, const struct sark_term *x)
{
	return operand->type == SARK_TERM_STRING ? NULL : x->next;
}

static int
any_affix(const struct sark_builtin_call *call, affix *match,
    struct sark_term **value_r)
{
	const struct sark_term *a = call->args[0], *b = call->args[1];
	const struct sark_term *x, *parts, *part;

	if (!strings_of(a, &x) || !strings_of(b, &parts))
		return 0;
	for (; x != NULL; x = after(a, x))
		for (part = parts; part != NULL; part = after(b, part))
			if (match(x, part))
				return sark_builtin_give_bool(
				    call, true, value_r);
	return sark_builtin_give_bool(call, false, value_r);
}

static int
any_prefix_match(const struct sark_builtin_call *call,
    struct sark_term **value_r, struct sark_err *err SARK_UNUSED)
{
	return any_affix(call, has_prefix, value_r);
}

static int
any_suffix_match(const struct sark_builtin_call *call,
    struct sark_term **value_r, struct sark_err *err SARK_UNUSED)
{
	return any_affix(call, has_suffix, value_r);
}

static size_t
chars(const char *s, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

/* Where part stands in what is left of s, or NULL. */
static const char *
find(const char *from, const struct sark_term *s, const struct sark_term *part)
{
	return memmem(
	    from, s->len - (size_t)(from - s->text), part->text, part->len);
}

static int
count(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	const struct sark_term *part = sark_builtin_str(call, 1);
	const char *at;
	int64_t n = 0;

	if (s == NULL || part == NULL)
		return 0;
	if (part->len == 0)
		return sark_builtin_give_int(
		    call, (int64_t)chars(s->text, s->len) + 1, value_r);
	for (at = find(s->text, s, part); at != NULL;
	     at = find(at + part->len, s, part))
		n++;
	return sark_builtin_give_int(call, n, value_r);
}

static int
indexof_n(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	const struct sark_term *part = sark_builtin_str(call, 1);
	const char *at, *from;
	size_t index = 0;

	if (s == NULL || part == NULL || part->len == 0)
		return 0;
	*value_r = sark_term_new(call->ctx, SARK_TERM_ARRAY);
	from = s->text;
	for (at = find(from, s, part); at != NULL; at = find(at + 1, s, part)) {
		index += chars(from, (size_t)(at - from));
		from = at;
		sark_term_add(
		    *value_r, sark_term_int(call->ctx, (int64_t)index));
	}
	return 1;
}

static int
format(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *text = sark_builtin_str(call, 0);
	struct sark_buf buf;

	if (text == NULL || call->args[1]->type != SARK_TERM_ARRAY)
		return 0;
	sark_buf_init(&buf, call->ctx);
	if (sark_format_go(&buf, text, call->args[1], err) == -1)
		return -1;
	return sark_builtin_give_str(call, buf.data, buf.len, value_r);
}

static int
hex_encode(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	char *hex;

	if (s == NULL)
		return 0;
	hex = sark_new_array(call->ctx, char, s->len * 2 + 1);
	sark_str_hex(hex, s->text, s->len);
	return sark_builtin_give_str(call, hex, s->len * 2, value_r);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
hex_decode(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	int high, low;
	char *out;
	size_t i;

	if (s == NULL || s->len % 2 != 0)
		return 0;
	out = sark_new_array(call->ctx, char, s->len / 2 + 1);
	for (i = 0; i < s->len; i += 2) {
		high = hex_digit(s->text[i]);
		low = hex_digit(s->text[i + 1]);
		if (high == -1 || low == -1)
			return 0;
		out[i / 2] = (char)(high * 16 + low);
	}
	/* Strings here are UTF-8; other bytes would silently become others. */
	if (memchr(out, '\0', s->len / 2) == NULL &&
	    !sark_str_utf8(out, s->len / 2))
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "hex.decode: the bytes are no UTF-8");
	return sark_builtin_give_str(call, out, s->len / 2, value_r);
}

static int
give_digest(const struct sark_builtin_call *call, const unsigned char *digest,
    struct sark_term **value_r)
{
	char hex[SARK_SHA256_TEXT];

	sark_str_hex(hex, digest, SARK_SHA256_BYTES);
	return sark_builtin_give_str(call, hex, sizeof(hex) - 1, value_r);
}

static int
sha256(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	unsigned char digest[SARK_SHA256_BYTES];

	if (s == NULL)
		return 0;
	sark_sha256(digest, s->text, s->len);
	return give_digest(call, digest, value_r);
}

static int
hmac_sha256(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	const struct sark_term *key = sark_builtin_str(call, 1);
	unsigned char digest[SARK_SHA256_BYTES];

	if (s == NULL || key == NULL)
		return 0;
	sark_hmac_sha256(digest, key->text, key->len, s->text, s->len);
	return give_digest(call, digest, value_r);
}

static int
hmac_equal(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *a = sark_builtin_str(call, 0);
	const struct sark_term *b = sark_builtin_str(call, 1);

	if (a == NULL || b == NULL)
		return 0;
	return sark_builtin_give_bool(call,
	    a->len == b->len && sark_secret_eq(a->text, b->text, a->len),
	    value_r);
}

static int
glob_quote_meta(const struct sark_builtin_call *call,
    struct sark_term **value_r, struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	struct sark_buf buf;
	size_t i;

	if (s == NULL)
		return 0;
	sark_buf_init(&buf, call->ctx);
	sark_buf_str(&buf, "");
	for (i = 0; i < s->len; i++) {
		if (s->text[i] != '\0' && strchr("*?\\[]{}", s->text[i]))
			sark_buf_char(&buf, '\\');
		sark_buf_char(&buf, s->text[i]);
	}
	return sark_builtin_give_str(call, buf.data, buf.len, value_r);
}

/* Without a tracer there is nobody to tell. */
static int
trace(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	if (sark_builtin_str(call, 0) == NULL)
		return 0;
	return sark_builtin_give_bool(call, true, value_r);
}

const struct sark_builtin sark_builtins_text[] = { { "crypto.hmac.equal", 2,
						       hmac_equal },
	{ "crypto.hmac.sha256", 2, hmac_sha256 },
	{ "crypto.sha256", 1, sha256 },
	{ "glob.quote_meta", 1, glob_quote_meta },
	{ "hex.decode", 1, hex_decode }, { "hex.encode", 1, hex_encode },
	{ "indexof_n", 2, indexof_n }, { "sprintf", 2, format },
	{ "strings.any_prefix_match", 2, any_prefix_match },
	{ "strings.any_suffix_match", 2, any_suffix_match },
	{ "strings.count", 2, count }, { "trace", 1, trace }, { NULL } };
