#include "policy/builtin.h"

#include "base/str.h"

static const struct sark_builtin *const families[] = {
	sark_builtins_net,
	sark_builtins_object,
	sark_builtins_patch,
	sark_builtins_query,
	sark_builtins_regex,
	sark_builtins_text,
	sark_builtins_time,
	sark_builtins_units,
	sark_builtins_version,
};

const struct sark_builtin *
sark_builtin_find(const char *name)
{
	const struct sark_builtin *row;
	size_t i;

	for (i = 0; i < SARK_COUNT(families); i++)
		for (row = families[i]; row->name != NULL; row++)
			if (sark_str_eq(row->name, name))
				return row;
	return NULL;
}

const struct sark_term *
sark_builtin_str(const struct sark_builtin_call *call, unsigned int i)
{
	if (i >= call->count || call->args[i]->type != SARK_TERM_STRING)
		return NULL;
	return call->args[i];
}

int
sark_builtin_int(
    const struct sark_builtin_call *call, unsigned int i, int64_t *value_r)
{
	if (i >= call->count)
		return -1;
	return sark_term_get_int(call->args[i], value_r);
}

int
sark_builtin_give_str(const struct sark_builtin_call *call, const char *text,
    size_t len, struct sark_term **value_r)
{
	*value_r = sark_term_str(call->ctx, text, len);
	return 1;
}

int
sark_builtin_give_bool(const struct sark_builtin_call *call, bool truth,
    struct sark_term **value_r)
{
	*value_r = sark_term_bool(call->ctx, truth);
	return 1;
}

int
sark_builtin_give_int(const struct sark_builtin_call *call, int64_t value,
    struct sark_term **value_r)
{
	*value_r = sark_term_int(call->ctx, value);
	return 1;
}
