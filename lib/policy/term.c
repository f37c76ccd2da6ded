#include "policy/term.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

/*
 * Trees are walked along the pointers to parents and siblings: what a policy
 * builds decides nothing about the depth of the stack.
 */

struct sark_term *
sark_term_new(void *ctx, enum sark_term_type type)
{
	struct sark_term *term = sark_new(ctx, struct sark_term);

	term->type = type;
	return term;
}

struct sark_term *
sark_term_bool(void *ctx, bool truth)
{
	struct sark_term *term = sark_term_new(ctx, SARK_TERM_BOOL);

	term->truth = truth;
	return term;
}

static struct sark_term *
text_term(void *ctx, enum sark_term_type type, const char *text, size_t len)
{
	struct sark_term *term = sark_term_new(ctx, type);

	term->text = (const char *)sark_memdup(term, text, len);
	term->len = len;
	return term;
}

struct sark_term *
sark_term_str(void *ctx, const char *text, size_t len)
{
	return text_term(ctx, SARK_TERM_STRING, text, len);
}

struct sark_term *
sark_term_number(void *ctx, const char *text, size_t len)
{
	return text_term(ctx, SARK_TERM_NUMBER, text, len);
}

struct sark_term *
sark_term_int(void *ctx, int64_t value)
{
	struct sark_term *term = sark_term_new(ctx, SARK_TERM_NUMBER);

	term->text = sark_format(term, "%" PRId64, value);
	term->len = strlen(term->text);
	return term;
}

void
sark_term_add(struct sark_term *parent, struct sark_term *child)
{
	child->parent = parent;
	child->next = NULL;
	child->is_key =
	    parent->type == SARK_TERM_OBJECT && parent->count % 2 == 0;
	if (parent->last == NULL)
		parent->first = child;
	else
		parent->last->next = child;
	parent->last = child;
	parent->count++;
}

struct sark_term *
sark_term_copy(void *ctx, const struct sark_term *term)
{
	struct sark_term *top = NULL, *in = NULL, *made;
	const struct sark_term *x = term;

	while (x != NULL) {
		made = sark_term_new(ctx, x->type);
		made->truth = x->truth;
		made->text = x->text;
		made->len = x->len;
		if (x->text != NULL)
			made->text =
			    (const char *)sark_memdup(made, x->text, x->len);
		if (in == NULL)
			top = made;
		else
			sark_term_add(in, made);
		if (x->first != NULL) {
			in = made;
			x = x->first;
			continue;
		}
		for (; x != term && x->next == NULL; x = x->parent)
			in = in->parent;
		x = x == term ? NULL : x->next;
	}
	return (struct sark_term *)sark_mem_check(top);
}

static int
sign(int64_t n)
{
	return n < 0 ? -1 : n > 0;
}

static int
compare_numbers(const struct sark_term *a, const struct sark_term *b)
{
	int64_t i, j;
	long double x, y;

	if (sark_num_int(a->text, INT64_MIN, INT64_MAX, &i) == 0 &&
	    sark_num_int(b->text, INT64_MIN, INT64_MAX, &j) == 0)
		return i < j ? -1 : i > j;
	x = strtold(a->text, NULL);
	y = strtold(b->text, NULL);
	return x < y ? -1 : x > y;
}

static int
compare_alone(const struct sark_term *a, const struct sark_term *b)
{
	int order;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	switch (a->type) {
	case SARK_TERM_BOOL:
		return (int)a->truth - (int)b->truth;
	case SARK_TERM_NUMBER:
		return compare_numbers(a, b);
	case SARK_TERM_STRING:
		order =
		    memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
		if (order != 0)
			return order;
		return sign((int64_t)a->len - (int64_t)b->len);
	default:
		return 0;
	}
}

int
sark_term_compare(const struct sark_term *a, const struct sark_term *b)
{
	const struct sark_term *x = a, *y = b;
	int order;

	for (;;) {
		order = compare_alone(x, y);
		if (order != 0)
			return order;
		if (x->first != NULL && y->first != NULL) {
			x = x->first;
			y = y->first;
			continue;
		}
		if (x->first != NULL || y->first != NULL)
			return x->first != NULL ? 1 : -1;
		while (x != a && x->next == NULL && y->next == NULL) {
			x = x->parent;
			y = y->parent;
		}
		if (x == a)
			return 0;
		if (x->next == NULL || y->next == NULL)
			return x->next != NULL ? 1 : -1;
		x = x->next;
		y = y->next;
	}
}

static int
compare_entries(const void *a, const void *b)
{
	return sark_term_compare(
	    *(struct sark_term *const *)a, *(struct sark_term *const *)b);
}

static bool
in_order(const struct sark_term *term, bool pairs)
{
	const struct sark_term *x, *y;

	for (x = term->first; x != NULL; x = y) {
		y = pairs ? x->next->next : x->next;
		if (y != NULL && sark_term_compare(x, y) >= 0)
			return false;
	}
	return true;
}

void
sark_term_settle(struct sark_term *term)
{
	bool pairs = term->type == SARK_TERM_OBJECT;
	struct sark_term **entry, *x, *value;
	size_t n = 0, i;

	if (term->type < SARK_TERM_OBJECT || term->count < 2 ||
	    in_order(term, pairs))
		return;
	entry = sark_new_array(term, struct sark_term *, term->count);
	for (x = term->first; x != NULL; x = pairs ? x->next->next : x->next)
		entry[n++] = x;
	qsort(entry, n, sizeof(*entry), compare_entries);
	term->first = term->last = NULL;
	term->count = 0;
	for (i = 0; i < n; i++) {
		value = entry[i]->next;
		if (i > 0 && sark_term_compare(entry[i - 1], entry[i]) == 0)
			continue;
		sark_term_add(term, entry[i]);
		if (pairs)
			sark_term_add(term, value);
	}
	talloc_free(entry);
}

static void
write_alone(struct sark_buf *buf, const struct sark_term *term,
    void (*quote)(struct sark_buf *, const struct sark_term *))
{
	switch (term->type) {
	case SARK_TERM_NULL:
		sark_buf_str(buf, "null");
		break;
	case SARK_TERM_BOOL:
		sark_buf_str(buf, term->truth ? "true" : "false");
		break;
	case SARK_TERM_NUMBER:
		sark_buf_add(buf, term->text, term->len);
		break;
	case SARK_TERM_STRING:
		quote(buf, term);
		break;
	case SARK_TERM_ARRAY:
		sark_buf_str(buf, "[]");
		break;
	case SARK_TERM_OBJECT:
		sark_buf_str(buf, "{}");
		break;
	case SARK_TERM_SET:
		sark_buf_str(buf, "set()");
		break;
	}
}

void
sark_term_write_with(struct sark_buf *buf, const struct sark_term *term,
    const struct sark_term_style *style)
{
	const struct sark_term *x = term;

	for (;;) {
		if (x->first != NULL) {
			sark_buf_char(
			    buf, x->type == SARK_TERM_ARRAY ? '[' : '{');
			x = x->first;
			continue;
		}
		write_alone(buf, x, style->quote);
		for (; x != term && x->next == NULL; x = x->parent)
			sark_buf_char(buf,
			    x->parent->type == SARK_TERM_ARRAY ? ']' : '}');
		if (x == term)
			return;
		sark_buf_str(buf, x->is_key ? style->colon : style->comma);
		x = x->next;
	}
}

struct sark_term *
sark_term_get(const struct sark_term *object, const struct sark_term *key)
{
	struct sark_term *x;

	if (object->type != SARK_TERM_OBJECT)
		return NULL;
	for (x = object->first; x != NULL; x = x->next->next)
		if (sark_term_compare(x, key) == 0)
			return x->next;
	return NULL;
}

const struct sark_term *
sark_term_member(const struct sark_term *object, const char *key)
{
	const struct sark_term *x;

	if (object->type != SARK_TERM_OBJECT)
		return NULL;
	for (x = object->first; x != NULL; x = x->next->next)
		if (sark_term_is_str(x, key))
			return x->next;
	return NULL;
}

bool
sark_term_has(const struct sark_term *set, const struct sark_term *value)
{
	const struct sark_term *x;

	for (x = set->first; x != NULL; x = x->next)
		if (sark_term_compare(x, value) == 0)
			return true;
	return false;
}

int
sark_term_get_int(const struct sark_term *term, int64_t *value_r)
{
	const double limit = 9223372036854775808.0;
	double d;

	if (term->type != SARK_TERM_NUMBER)
		return -1;
	if (sark_num_int(term->text, INT64_MIN, INT64_MAX, value_r) == 0)
		return 0;
	/* 1e3 and 2.0 are whole numbers too; what is rounded is not. */
	if (strpbrk(term->text, ".eE") == NULL)
		return -1;
	d = strtod(term->text, NULL);
	if (!(d >= -limit && d < limit) || d != (double)(int64_t)d)
		return -1;
	*value_r = (int64_t)d;
	return 0;
}

double
sark_term_get_double(const struct sark_term *term)
{
	return term->type == SARK_TERM_NUMBER ? strtod(term->text, NULL) : 0;
}

bool
sark_term_is_str(const struct sark_term *term, const char *s)
{
	return term->type == SARK_TERM_STRING && term->len == strlen(s) &&
	    memcmp(term->text, s, term->len) == 0;
}
