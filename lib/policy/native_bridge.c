#include <string.h>

#include "base/mem.h"
#include "policy/native_priv.h"

int
sark_native_bind(struct sark_native *native, const struct sark_term *names,
    struct sark_err *err)
{
	const struct sark_term *name;
	struct sark_native_bound *bound;
	int64_t id;

	native->names = sark_new_array(native, const char *, names->count + 1);
	native->bound =
	    sark_new_array(native, struct sark_native_bound, names->count + 1);
	for (name = names->first; name != NULL; name = name->next->next) {
		bound = &native->bound[native->bounds];
		bound->builtin = sark_builtin_find(name->text);
		if (bound->builtin == NULL)
			return sark_err_set(err, SARK_CONFIG,
			    "the policy needs the builtin %s, which the "
			    "native engine has not",
			    name->text);
		if (sark_term_get_int(name->next, &id) == -1 || id < 0 ||
		    id > INT32_MAX)
			return sark_err_set(err, SARK_CONFIG,
			    "the policy gives %s no number", name->text);
		bound->id = (int32_t)id;
		native->names[native->bounds++] = bound->builtin->name;
	}
	return 0;
}

static const struct sark_builtin *
find_bound(const struct sark_native *native, int32_t id, unsigned int count)
{
	size_t i;

	for (i = 0; i < native->bounds; i++)
		if (native->bound[i].id == id)
			return native->bound[i].builtin->args == count
			    ? native->bound[i].builtin
			    : NULL;
	return NULL;
}

static int
read_args(struct sark_native *native, struct sark_builtin_call *call,
    const uint32_t *args)
{
	struct sark_term *term;
	const char *text;
	unsigned int i;
	uint32_t dump;
	size_t len;

	for (i = 0; i < call->count; i++) {
		dump = native->module->nested(
		    native->vm, SARK_NATIVE_VALUE_DUMP, &args[i]);
		text = sark_native_text(native, dump, &len);
		if (text == NULL ||
		    sark_term_parse(call->ctx, text, len, &term) == -1)
			return -1;
		call->args[i] = term;
	}
	return 0;
}

static int
return_value(struct sark_native *native, const struct sark_term *value,
    uint32_t *result_r)
{
	struct sark_buf buf;
	uint32_t text[2];

	sark_buf_init(&buf, native->scratch);
	sark_term_write(&buf, value);
	if (sark_native_fit(native, buf.len, &native->err) == -1)
		return -1;
	text[1] = (uint32_t)buf.len;
	text[0] =
	    native->module->nested(native->vm, SARK_NATIVE_MALLOC, &text[1]);
	if (sark_native_put(native, text[0], buf.data, buf.len) == -1)
		return -1;
	*result_r =
	    native->module->nested(native->vm, SARK_NATIVE_VALUE_PARSE, text);
	return *result_r == 0 ? -1 : 0;
}

/*
 * A builtin at work.  What it allocates hangs on scratch: a fault in a
 * nested call leaves this function without returning.
 */
int
sark_native_builtin(void *arg, int32_t id, unsigned int count,
    const uint32_t *args, uint32_t *result_r)
{
	struct sark_native *native = arg;
	const struct sark_builtin *builtin = find_bound(native, id, count);
	struct sark_builtin_call call = {
		.ctx = native->scratch,
		.now_ns = native->now_ns,
		.zones = native->zones,
		.count = count,
	};
	struct sark_term *value = NULL;
	int found = -1;

	if (builtin != NULL && read_args(native, &call, args) == 0)
		found = builtin->fn(&call, &value, &native->err);
	if (found == 1)
		found = return_value(native, value, result_r);
	if (found == -1)
		sark_err_set(&native->err, SARK_POLICY_UNAVAILABLE,
		    "the builtin %s failed",
		    builtin == NULL ? "of an unknown number" : builtin->name);
	return found;
}
