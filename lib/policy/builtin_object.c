#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/builtin.h"

/* object.subset and uuid.parse. */

/* Two objects of which the second may be part of the first. */
struct pair {
	const struct sark_term *super, *sub;
	struct pair *next;
};

static bool
set_subset(const struct sark_term *super, const struct sark_term *sub)
{
	const struct sark_term *x;

	for (x = sub->first; x != NULL; x = x->next)
		if (!sark_term_has(super, x))
			return false;
	return true;
}

/* The elements of sub one behind the other somewhere in super. */
static bool
array_subset(const struct sark_term *super, const struct sark_term *sub)
{
	const struct sark_term *from, *x, *y;

	if (sub->count == 0)
		return true;
	for (from = super->first; from != NULL; from = from->next) {
		y = sub->first;
		for (x = from;
		     x != NULL && y != NULL && sark_term_compare(x, y) == 0;
		     x = x->next)
			y = y->next;
		if (y == NULL)
			return true;
	}
	return false;
}

/* OPA counts elements, so one that comes twice counts twice. */
static bool
array_holds_set(const struct sark_term *super, const struct sark_term *sub)
{
	const struct sark_term *x;
	size_t missing = sub->count;

	for (x = super->first; x != NULL; x = x->next) {
		if (sark_term_has(sub, x))
			missing--;
		if (missing == 0)
			return true;
	}
	return false;
}

/* Whether a member fits; two objects go onto the list for later. */
static bool
member_fits(void *ctx, const struct sark_term *super,
    const struct sark_term *sub, struct pair **todo)
{
	struct pair *pair;

	if (super == NULL)
		return false;
	if (sark_term_compare(super, sub) == 0)
		return true;
	if (super->type != sub->type)
		return false;
	switch (sub->type) {
	case SARK_TERM_OBJECT:
		pair = sark_new(ctx, struct pair);
		pair->super = super;
		pair->sub = sub;
		pair->next = *todo;
		*todo = pair;
		return true;
	case SARK_TERM_SET:
		return set_subset(super, sub);
	case SARK_TERM_ARRAY:
		return array_subset(super, sub);
	default:
		return false;
	}
}

static bool
object_subset(
    void *ctx, const struct sark_term *super, const struct sark_term *sub)
{
	struct pair *todo = sark_new(ctx, struct pair), *pair;
	const struct sark_term *key;

	todo->super = super;
	todo->sub = sub;
	while (todo != NULL) {
		pair = todo;
		todo = todo->next;
		for (key = pair->sub->first; key != NULL; key = key->next->next)
			if (!member_fits(ctx, sark_term_get(pair->super, key),
				key->next, &todo))
				return false;
	}
	return true;
}

static int
subset(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *super = call->args[0], *sub = call->args[1];
	bool yes;

	if (super->type == SARK_TERM_OBJECT && sub->type == SARK_TERM_OBJECT)
		yes = object_subset(call->ctx, super, sub);
	else if (super->type == SARK_TERM_SET && sub->type == SARK_TERM_SET)
		yes = set_subset(super, sub);
	else if (super->type == SARK_TERM_ARRAY && sub->type == SARK_TERM_ARRAY)
		yes = array_subset(super, sub);
	else if (super->type == SARK_TERM_ARRAY && sub->type == SARK_TERM_SET)
		yes = array_holds_set(super, sub);
	else
		return 0;
	return sark_builtin_give_bool(call, yes, value_r);
}

/* RFC 9562: plain, as a URN, in braces, or without dashes. */
static int
parse_uuid(const char *s, unsigned char out[16])
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	size_t len = strlen(s), i;
	const char *digit;
	bool dashes;

	if (len == 45 && strncasecmp(s, "urn:uuid:", 9) == 0)
		s += 9;
	else if (len == 38)
		s++;
	else if (len != 36 && len != 32)
		return -1;
	dashes = len != 32;
	memset(out, 0, 16);
	for (i = 0; i < 32; i++) {
		if (dashes && (i == 8 || i == 12 || i == 16 || i == 20) &&
		    *s++ != '-')
			return -1;
		digit = *s == '\0' ? NULL : strchr(digits, *s);
		if (digit == NULL)
			return -1;
		out[i / 2] =
		    (unsigned char)(out[i / 2] << 4 | ((digit - digits) & 15));
		s++;
	}
	return 0;
}

static void
set_str(const struct sark_builtin_call *call, struct sark_term *object,
    const char *key, const char *value)
{
	sark_term_add(object, sark_term_str(call->ctx, key, strlen(key)));
	sark_term_add(object, sark_term_str(call->ctx, value, strlen(value)));
}

static void
set_int(const struct sark_builtin_call *call, struct sark_term *object,
    const char *key, int64_t value)
{
	sark_term_add(object, sark_term_str(call->ctx, key, strlen(key)));
	sark_term_add(object, sark_term_int(call->ctx, value));
}

static const char *
variant(const unsigned char u[16])
{
	if ((u[8] & 0xc0) == 0x80)
		return "RFC4122";
	if ((u[8] & 0xe0) == 0xc0)
		return "Microsoft";
	return (u[8] & 0xe0) == 0xe0 ? "Future" : "Reserved";
}

static uint64_t
be(const unsigned char *p, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | *p++;
	return value;
}

/* What versions 1 and 2 tell of their maker. */
static void
set_origin(const struct sark_builtin_call *call, struct sark_term *object,
    const unsigned char u[16])
{
	/* From 1582-10-15 to 1970-01-01 in units of 100 ns. */
	const uint64_t epoch = 122192928000000000;
	static const char *const cast[] = { "global:unicast",
		"global:multicast", "local:unicast", "local:multicast" };
	static const char *const domains[] = { "Person", "Group", "Org" };
	uint64_t time;

	time = (be(u + 6, 2) & 0xfff) << 48 | be(u + 4, 2) << 32 | be(u, 4);
	/* Go's multiplication wraps around from the year 2262 on. */
	set_int(call, object, "time", (int64_t)((time - epoch) * 100));
	set_str(call, object, "nodeid",
	    sark_format(call->ctx, "%02x-%02x-%02x-%02x-%02x-%02x", u[10],
		u[11], u[12], u[13], u[14], u[15]));
	set_str(call, object, "macvariables", cast[u[10] & 3]);
	set_int(
	    call, object, "clocksequence", (int64_t)(be(u + 8, 2) & 0x3fff));
	if (u[6] >> 4 != 2)
		return;
	set_int(call, object, "id", (int64_t)be(u, 4));
	set_str(call, object, "domain",
	    u[9] < 3 ? domains[u[9]]
		     : sark_format(call->ctx, "Domain%d", u[9]));
}

static int
uuid_parse(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *s = sark_builtin_str(call, 0);
	unsigned char u[16];

	if (s == NULL || strlen(s->text) != s->len ||
	    parse_uuid(s->text, u) == -1)
		return 0;
	*value_r = sark_term_new(call->ctx, SARK_TERM_OBJECT);
	set_int(call, *value_r, "version", u[6] >> 4);
	set_str(call, *value_r, "variant", variant(u));
	if (u[6] >> 4 == 1 || u[6] >> 4 == 2)
		set_origin(call, *value_r, u);
	sark_term_settle(*value_r);
	return 1;
}

const struct sark_builtin sark_builtins_object[] = { { "object.subset", 2,
							 subset },
	{ "uuid.parse", 1, uuid_parse }, { NULL } };
