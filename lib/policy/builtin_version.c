#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "policy/builtin.h"

/* semver.* (semver.org 2.0.0, a leading "v" allowed). */

#define DIGITS	"0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct version {
	int64_t part[3];
	char *pre; /* "" none */
};

/* Identifiers between dots, none of them empty. */
static bool
is_identifiers(const char *s)
{
	const char *p;

	for (p = s; *p != '\0'; p++)
		if (*p == '.' && (p == s || p[1] == '.' || p[1] == '\0'))
			return false;
	return *s != '\0' && sark_str_of(s, DIGITS LETTERS "-.");
}

static bool
has_leading_zero(void *ctx, const char *pre)
{
	char *rest = sark_strdup(ctx, pre), *id;

	while ((id = strsep(&rest, ".")) != NULL)
		if (id[0] == '0' && id[1] != '\0' && sark_str_of(id, DIGITS))
			return true;
	return false;
}

static int
parse(void *ctx, const struct sark_term *text, struct version *v)
{
	char *s, *rest, *meta, *part;
	int i;

	if (text == NULL || strlen(text->text) != text->len)
		return -1;
	s = sark_strdup(ctx, text->text);
	if (*s == 'v')
		s++;
	meta = strchr(s, '+');
	if (meta != NULL) {
		*meta++ = '\0';
		if (!is_identifiers(meta))
			return -1;
	}
	v->pre = strchr(s, '-');
	if (v->pre != NULL) {
		*v->pre++ = '\0';
		if (!is_identifiers(v->pre) || has_leading_zero(ctx, v->pre))
			return -1;
	} else {
		v->pre = sark_strdup(ctx, "");
	}
	rest = s;
	for (i = 0; i < 3; i++) {
		part = strsep(&rest, ".");
		if (part == NULL ||
		    sark_num_int(part, 0, INT64_MAX, &v->part[i]) == -1)
			return -1;
	}
	return rest == NULL ? 0 : -1;
}

/* Digits without leading zeros: the longer one is the larger. */
static int
compare_numbers(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	if (n != m)
		return n < m ? -1 : 1;
	return strcmp(a, b);
}

static int
compare_identifiers(const char *a, const char *b)
{
	bool numeric_a = sark_str_of(a, DIGITS);
	bool numeric_b = sark_str_of(b, DIGITS);

	if (numeric_a && numeric_b)
		return compare_numbers(a, b);
	if (numeric_a || numeric_b)
		return numeric_a ? -1 : 1;
	return strcmp(a, b);
}

static int
compare_pre(char *a, char *b)
{
	char *x, *y;
	int order;

	if (*a == '\0' || *b == '\0')
		return (*a == '\0') - (*b == '\0');
	do {
		x = strsep(&a, ".");
		y = strsep(&b, ".");
		order = compare_identifiers(x, y);
		if (order != 0)
			return order;
	} while (a != NULL && b != NULL);
	return (a != NULL) - (b != NULL);
}

static int
compare(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	struct version a, b;
	int i, order = 0;

	if (parse(call->ctx, sark_builtin_str(call, 0), &a) == -1 ||
	    parse(call->ctx, sark_builtin_str(call, 1), &b) == -1)
		return 0;
	for (i = 0; i < 3 && order == 0; i++)
		order = a.part[i] < b.part[i] ? -1 : a.part[i] > b.part[i];
	if (order == 0)
		order = compare_pre(a.pre, b.pre);
	return sark_builtin_give_int(call, order < 0 ? -1 : order > 0, value_r);
}

static int
is_valid(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	struct version v;

	return sark_builtin_give_bool(call,
	    parse(call->ctx, sark_builtin_str(call, 0), &v) == 0, value_r);
}

const struct sark_builtin sark_builtins_version[] = { { "semver.compare", 2,
							  compare },
	{ "semver.is_valid", 1, is_valid }, { NULL } };
