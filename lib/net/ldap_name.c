#include "net/ldap_name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

/* Parts of one RDN; more is nobody's name. */
#define PARTS_MAX 16
#define HEX	  "0123456789abcdefABCDEF"
#define NAME                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"-.;_"

char *
sark_ldap_filter_value(void *ctx, const char *text)
{
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	for (; *text != '\0'; text++)
		if (strchr("*()\\", *text) != NULL)
			sark_buf_format(&out, "\\%02x", (unsigned char)*text);
		else
			sark_buf_char(&out, *text);
	return out.data;
}

const char *
sark_ldap_text(void *ctx, const void *value, size_t n)
{
	char *text;

	if (sark_str_utf8(value, n))
		return sark_strndup(ctx, value, n);
	text = sark_new_array(ctx, char, 2 * n + 2);
	text[0] = '#';
	sark_str_hex(text + 1, value, n);
	return text;
}

/* One character of a value; blanks are escaped where they would be lost. */
static void
add_escaped(struct sark_buf *out, char c, bool at_end)
{
	if (strchr(",+\"\\<>;=#", c) != NULL || (c == ' ' && at_end)) {
		sark_buf_char(out, '\\');
		sark_buf_char(out, c);
	} else if ((unsigned char)c < ' ' || c == 0x7f) {
		sark_buf_format(out, "\\%02x", (unsigned char)c);
	} else {
		sark_buf_char(out, c);
	}
}

char *
sark_ldap_dn_value(void *ctx, const char *text)
{
	size_t i, n = strlen(text);
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	for (i = 0; i < n; i++)
		add_escaped(&out, text[i], i == 0 || i + 1 == n);
	return out.data;
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " ");
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) - 'a' + 10;
}

/* The byte of two hex digits, -1 if there are none or it is NUL. */
static int
hex_pair(const char *s)
{
	int byte;

	if (strspn(s, HEX) < 2)
		return -1;
	byte = digit(s[0]) << 4 | digit(s[1]);
	return byte == 0 ? -1 : byte;
}

/* attributeType, in lower case. */
static const char *
read_name(const char *s, struct sark_buf *out)
{
	size_t n;

	s = skip_blanks(s);
	n = strspn(s, NAME);
	if (n == 0)
		return NULL;
	for (; n > 0; n--, s++)
		sark_buf_char(
		    out, *s >= 'A' && *s <= 'Z' ? (char)(*s | 0x20) : *s);
	s = skip_blanks(s);
	return *s == '=' ? skip_blanks(s + 1) : NULL;
}

/* The value without its escapes, up to the separator; NULL if it is none. */
static const char *
read_value(const char *s, struct sark_buf *out)
{
	size_t kept = 0; /* blanks behind this are none of the value's */
	int byte;

	/* BER in hex digits: no server sends what it has as a text so. */
	if (*s == '#')
		return NULL;
	while (*s != '\0' && *s != ',' && *s != '+' && *s != ';') {
		if (strchr("\"<>", *s) != NULL)
			return NULL;
		if (*s != '\\') {
			sark_buf_char(out, *s);
			if (*s++ != ' ')
				kept = out->len;
			continue;
		}
		byte = hex_pair(++s);
		if (byte != -1) {
			sark_buf_char(out, (char)byte);
			s += 2;
		} else if (*s != '\0' && strchr(" ,+\"\\<>;=#", *s) != NULL) {
			sark_buf_char(out, *s++);
		} else {
			return NULL;
		}
		kept = out->len;
	}
	out->len = kept;
	return s;
}

/* As it is compared: no case, one blank for several, none at the ends. */
static void
add_normal(struct sark_buf *out, const char *value, size_t n)
{
	size_t i, start = out->len;
	bool blank = false;

	for (i = 0; i < n; i++) {
		char c = value[i];

		if (c == ' ') {
			blank = true;
			continue;
		}
		if (blank && out->len > start)
			sark_buf_char(out, ' ');
		blank = false;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		add_escaped(out, c, false);
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One part, "name=value"; its text on mem. */
static const char *
read_part(void *mem, const char *s, const char **part_r)
{
	struct sark_buf name, value;

	sark_buf_init(&name, mem);
	sark_buf_init(&value, mem);
	s = read_name(s, &name);
	if (s == NULL)
		return NULL;
	sark_buf_char(&name, '=');
	s = read_value(s, &value);
	if (s == NULL || !sark_str_utf8(value.data, value.len))
		return NULL;
	add_normal(&name, value.data, value.len);
	*part_r = name.data;
	return s;
}

static const char *
read_rdn(void *mem, const char *s, struct sark_buf *out)
{
	const char *parts[PARTS_MAX];
	size_t i, n = 0;

	do {
		if (n == PARTS_MAX)
			return NULL;
		s = read_part(mem, n == 0 ? s : s + 1, &parts[n]);
		n++;
	} while (s != NULL && *s == '+');
	if (s == NULL)
		return NULL;
	qsort(parts, n, sizeof(*parts), by_text);
	for (i = 0; i < n; i++) {
		if (i > 0)
			sark_buf_char(out, '+');
		sark_buf_str(out, parts[i]);
	}
	return s;
}

char *
sark_ldap_dn_normal(void *ctx, const char *dn)
{
	void *mem = sark_mem_check(talloc_new(NULL));
	struct sark_buf out;
	const char *s = dn;

	sark_buf_init(&out, ctx);
	if (!sark_str_utf8(dn, strlen(dn)) || *skip_blanks(dn) == '\0')
		s = NULL;
	while (s != NULL) {
		s = read_rdn(mem, s, &out);
		if (s == NULL || *s == '\0')
			break;
		/* RFC 4514 has the comma; RFC 2253 readers take ";" too. */
		sark_buf_char(&out, ',');
		s++;
	}
	talloc_free(mem);
	return s == NULL ? NULL : out.data;
}
