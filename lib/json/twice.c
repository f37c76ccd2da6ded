#include "json/twice.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "json/scan.h"

/* A member's name and the number of its object. */
struct name {
	size_t object;
	const char *text;
	size_t len;
};

struct walk {
	void *ctx;
	struct name *names;
	size_t count, room;
	size_t open[SARK_JSON_SCAN_DEPTH]; /* number of an object, or 0 */
	size_t depth;
	size_t objects;
	bool name_next;
};

static unsigned int
hex4(const char *p)
{
	unsigned int value = 0;
	int i;

	for (i = 0; i < 4; i++)
		value = value * 16 +
		    (unsigned int)(p[i] <= '9' ? p[i] - '0'
					       : (p[i] | 0x20) - 'a' + 10);
	return value;
}

static void
add_utf8(struct sark_buf *out, unsigned int c)
{
	if (c < 0x80) {
		sark_buf_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		sark_buf_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			sark_buf_char(out, (char)(0xe0 | c >> 12));
		} else {
			sark_buf_char(out, (char)(0xf0 | c >> 18));
			sark_buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		sark_buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	sark_buf_char(out, (char)(0x80 | (c & 0x3f)));
}

/* What stands at \u; returns the bytes behind the backslash it takes. */
static size_t
add_unicode(struct sark_buf *out, const char *p)
{
	unsigned int c = hex4(p + 1);

	if (c < 0xd800 || c > 0xdbff) {
		add_utf8(out, c);
		return 5;
	}
	/* A pair: the scanner refuses half of one. */
	add_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (hex4(p + 7) - 0xdc00));
	return 11;
}

static void
add_name(struct walk *walk, const char *text, size_t len)
{
	static const char escapes[] = "bfnrt", meant[] = "\b\f\n\r\t";
	struct sark_buf out;
	const char *found;
	size_t i;

	sark_buf_init(&out, walk->ctx);
	for (i = 0; i < len; i++) {
		if (text[i] != '\\') {
			sark_buf_char(&out, text[i]);
			continue;
		}
		i++;
		found = strchr(escapes, text[i]);
		if (text[i] == 'u')
			i += add_unicode(&out, text + i) - 1;
		else
			sark_buf_char(&out,
			    found != NULL ? meant[found - escapes] : text[i]);
	}
	if (walk->count == walk->room) {
		walk->room = walk->room * 2 + 16;
		walk->names = sark_mem_check(talloc_realloc(walk->ctx,
		    walk->names, struct name, (unsigned int)walk->room));
	}
	walk->names[walk->count++] =
	    (struct name){ walk->open[walk->depth - 1], out.data, out.len };
}

/* The place of the quote that ends a string begun before at. */
static size_t
string_end(const char *text, size_t at)
{
	for (; text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at;
}

/* One byte outside strings; a string whole.  Returns its last place. */
static size_t
step(struct walk *walk, const char *text, size_t at)
{
	size_t end = at;

	switch (text[at]) {
	case '{':
	case '[':
		walk->name_next = text[at] == '{';
		walk->open[walk->depth++] =
		    walk->name_next ? ++walk->objects : 0;
		break;
	case '}':
	case ']':
		walk->depth--;
		walk->name_next = false;
		break;
	case ',':
		walk->name_next = walk->open[walk->depth - 1] != 0;
		break;
	case '"':
		end = string_end(text, at + 1);
		if (walk->name_next)
			add_name(walk, text + at + 1, end - at - 1);
		walk->name_next = false;
		break;
	}
	return end;
}

static int
by_object_and_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->len == 0 ? 0 : memcmp(x->text, y->text, x->len);
}

bool
sark_json_twice(const char *text, size_t len)
{
	struct walk walk = { .ctx = sark_mem_check(talloc_new(NULL)) };
	bool twice = false;
	size_t i;

	for (i = 0; i < len; i++)
		i = step(&walk, text, i);
	if (walk.count > 1)
		qsort(walk.names, walk.count, sizeof(walk.names[0]),
		    by_object_and_name);
	for (i = 1; i < walk.count && !twice; i++)
		twice =
		    by_object_and_name(&walk.names[i - 1], &walk.names[i]) == 0;
	talloc_free(walk.ctx);
	return twice;
}
