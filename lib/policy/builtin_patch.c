#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "policy/builtin.h"

/*
 * json.patch: JSON Patch (RFC 6902) as OPA applies it, also to sets; a path
 * is a JSON Pointer or an array of keys.  An operation that fails leaves the
 * whole answer undefined.
 */

struct patch {
	void *ctx;
	struct sark_term *root;
};

/* Keys of a path, as children of an array. */
static struct sark_term *
path_of(void *ctx, const struct sark_term *path)
{
	struct sark_term *keys;
	struct sark_buf key;
	const char *p, *end;

	if (path->type == SARK_TERM_ARRAY)
		return sark_term_copy(ctx, path);
	if (path->type != SARK_TERM_STRING)
		return NULL;
	keys = sark_term_new(ctx, SARK_TERM_ARRAY);
	p = path->text;
	end = p + path->len;
	if (p == end)
		return keys;
	while (p < end && *p == '/')
		p++;
	sark_buf_init(&key, ctx);
	for (;; p++) {
		if (p == end || *p == '/') {
			sark_term_add(keys,
			    sark_term_str(
				ctx, key.len == 0 ? "" : key.data, key.len));
			sark_buf_reset(&key);
			if (p == end)
				return keys;
		} else if (*p == '~' && end - p > 1 &&
		    (p[1] == '0' || p[1] == '1')) {
			sark_buf_char(&key, *++p == '0' ? '~' : '/');
		} else {
			sark_buf_char(&key, *p);
		}
	}
}

/* An index into count elements, "-" for the one behind the last; or -1. */
static int64_t
index_of(const struct sark_term *key, size_t count)
{
	int64_t i;

	if (sark_term_is_str(key, "-"))
		return (int64_t)count;
	if (key->type == SARK_TERM_NUMBER)
		return sark_term_get_int(key, &i) == 0 && i >= 0 ? i : -1;
	if (key->type != SARK_TERM_STRING ||
	    sark_num_int(key->text, 0, INT_MAX, &i) == -1)
		return -1;
	return i;
}

static struct sark_term *
element(const struct sark_term *array, int64_t i)
{
	struct sark_term *x = array->first;

	if (i < 0)
		return NULL;
	while (x != NULL && i-- > 0)
		x = x->next;
	return x;
}

static struct sark_term *
set_member(const struct sark_term *set, const struct sark_term *key)
{
	struct sark_term *x;

	for (x = set->first; x != NULL; x = x->next)
		if (sark_term_compare(x, key) == 0)
			return x;
	return NULL;
}

static struct sark_term *
child(const struct sark_term *in, const struct sark_term *key)
{
	switch (in->type) {
	case SARK_TERM_OBJECT:
		return sark_term_get(in, key);
	case SARK_TERM_SET:
		return set_member(in, key);
	case SARK_TERM_ARRAY:
		return element(in, index_of(key, in->count));
	default:
		return NULL;
	}
}

/* The value at the first n keys of a path, or NULL. */
static struct sark_term *
at(const struct patch *patch, const struct sark_term *keys, size_t n)
{
	struct sark_term *in = patch->root;
	const struct sark_term *key = keys->first;

	for (; in != NULL && n > 0; n--, key = key->next)
		in = child(in, key);
	return in;
}

/* Takes a child out, in an object its key too. */
static void
unlink_child(struct sark_term *in, struct sark_term *gone)
{
	struct sark_term *x = in->first, *next;

	in->first = in->last = NULL;
	in->count = 0;
	for (; x != NULL; x = next) {
		next = x->next;
		if (x == gone)
			continue;
		if (in->type == SARK_TERM_OBJECT && next == gone) {
			next = gone->next;
			continue;
		}
		sark_term_add(in, x);
	}
}

static void
link_before(
    struct sark_term *array, struct sark_term *before, struct sark_term *value)
{
	struct sark_term *x = array->first, *next;

	array->first = array->last = NULL;
	array->count = 0;
	for (; x != NULL; x = next) {
		next = x->next;
		if (x == before)
			sark_term_add(array, value);
		sark_term_add(array, x);
	}
	if (before == NULL)
		sark_term_add(array, value);
}

/* After a change within sets, they may need another order. */
static void
settle_upwards(struct sark_term *in)
{
	for (; in != NULL; in = in->parent)
		sark_term_settle(in);
}

static int
insert_into(struct patch *patch, struct sark_term *in,
    const struct sark_term *key, struct sark_term *value)
{
	struct sark_term *old;
	int64_t i;

	switch (in->type) {
	case SARK_TERM_OBJECT:
		old = sark_term_get(in, key);
		if (old != NULL)
			unlink_child(in, old);
		sark_term_add(in, sark_term_copy(patch->ctx, key));
		sark_term_add(in, value);
		return 0;
	case SARK_TERM_SET:
		if (sark_term_compare(key, value) != 0)
			return -1;
		sark_term_add(in, value);
		return 0;
	case SARK_TERM_ARRAY:
		i = index_of(key, in->count);
		if (i < 0 || i > (int64_t)in->count)
			return -1;
		link_before(in, element(in, i), value);
		return 0;
	default:
		return -1;
	}
}

static int
insert(struct patch *patch, const struct sark_term *keys,
    const struct sark_term *value)
{
	struct sark_term *in, *copy = sark_term_copy(patch->ctx, value);

	if (keys->count == 0) {
		patch->root = copy;
		return 0;
	}
	in = at(patch, keys, keys->count - 1);
	if (in == NULL || insert_into(patch, in, keys->last, copy) == -1)
		return -1;
	settle_upwards(in);
	return 0;
}

static int delete (struct patch *patch, const struct sark_term *keys)
{
	struct sark_term *gone = at(patch, keys, keys->count), *in;

	if (gone == NULL)
		return -1;
	if (keys->count == 0) {
		patch->root = NULL;
		return 0;
	}
	in = gone->parent;
	unlink_child(in, gone);
	settle_upwards(in);
	return 0;
}

static int
move(struct patch *patch, const struct sark_term *op,
    const struct sark_term *keys, bool keep)
{
	const struct sark_term *from = sark_term_member(op, "from");
	struct sark_term *from_keys, *value;

	from_keys = from == NULL ? NULL : path_of(patch->ctx, from);
	if (from_keys == NULL)
		return -1;
	value = at(patch, from_keys, from_keys->count);
	if (value == NULL)
		return -1;
	value = sark_term_copy(patch->ctx, value);
	if (!keep && delete (patch, from_keys) == -1)
		return -1;
	return insert(patch, keys, value);
}

static int
apply(struct patch *patch, const struct sark_term *op)
{
	const struct sark_term *path = sark_term_member(op, "path");
	const struct sark_term *name = sark_term_member(op, "op");
	const struct sark_term *value = sark_term_member(op, "value");
	struct sark_term *keys, *there;

	keys = path == NULL ? NULL : path_of(patch->ctx, path);
	if (keys == NULL || name == NULL)
		return -1;
	if (sark_term_is_str(name, "remove"))
		return delete (patch, keys);
	if (sark_term_is_str(name, "move"))
		return move(patch, op, keys, false);
	if (sark_term_is_str(name, "copy"))
		return move(patch, op, keys, true);
	if (value == NULL)
		return -1;
	if (sark_term_is_str(name, "add"))
		return insert(patch, keys, value);
	if (sark_term_is_str(name, "replace"))
		return delete (patch, keys) == 0 ? insert(patch, keys, value)
						 : -1;
	if (!sark_term_is_str(name, "test"))
		return -1;
	there = at(patch, keys, keys->count);
	return there != NULL && sark_term_compare(there, value) == 0 ? 0 : -1;
}

static int
json_patch(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	struct patch patch = { .ctx = call->ctx };
	const struct sark_term *op;

	if (call->args[1]->type != SARK_TERM_ARRAY)
		return 0;
	patch.root = sark_term_copy(call->ctx, call->args[0]);
	for (op = call->args[1]->first; op != NULL; op = op->next) {
		if (op->type != SARK_TERM_OBJECT || apply(&patch, op) == -1)
			return 0;
	}
	*value_r = patch.root;
	return patch.root != NULL;
}

const struct sark_builtin sark_builtins_patch[] = {
	{ "json.patch", 2, json_patch }, { NULL }
};
