/*
 * The functions of Rego that we bring: "name(argument, argument)", as in
 * t/data/builtin_cases.json.  Each answers, or is undefined, or ends the
 * evaluation with a reason; the same call gives the same answer, and the
 * answer is a value that can be written and read.
 */
#include "fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "policy/builtin.h"
#include "policy/zone.h"

const char fuzz_name[] = "builtin";

static const struct sark_term *
arguments(void *ctx, const char *text, size_t len)
{
	char *list = sark_format(ctx, "[%.*s]", (int)len, text);
	struct sark_term *term;

	return sark_term_parse(ctx, list, strlen(list), &term) == 0 ? term
								    : NULL;
}

static void
check_value(void *ctx, const struct sark_term *value)
{
	struct sark_term *again;
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	sark_term_write(&out, value);
	fuzz_holds(sark_term_parse(ctx, out.data, out.len, &again) == 0);
}

static void
call_twice(struct sark_builtin_call *call, const struct sark_builtin *builtin)
{
	struct sark_term *first = NULL, *second = NULL;
	struct sark_err err, same;
	int ret;

	sark_err_init(&err);
	sark_err_init(&same);
	ret = builtin->fn(call, &first, &err);
	fuzz_holds(ret == 1 || ret == 0 || ret == -1);
	fuzz_holds((ret == -1) == (err.code != SARK_OK));
	fuzz_holds(builtin->fn(call, &second, &same) == ret);
	if (ret != 1)
		return;
	fuzz_holds(sark_term_compare(first, second) == 0);
	check_value(call->ctx, first);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sark_zones *zones;
	void *ctx = talloc_new(NULL);
	struct sark_builtin_call call = { .ctx = ctx,
		.now_ns = 1767225600000000000 };
	struct fuzz_input in = { data, size };
	const struct sark_builtin *builtin;
	const struct sark_term *args, *arg;
	char *text = fuzz_text(&in, ctx), *open = strchr(text, '('), *close;

	if (zones == NULL)
		zones = sark_zones_new(NULL);
	call.zones = zones;
	close = strrchr(text, ')');
	if (open == NULL || close == NULL || close < open)
		goto out;
	*open++ = '\0';
	builtin = sark_builtin_find(text);
	args = arguments(ctx, open, (size_t)(close - open));
	if (builtin == NULL || args == NULL || args->count != builtin->args)
		goto out;
	for (arg = args->first; arg != NULL; arg = arg->next)
		call.args[call.count++] = arg;
	call_twice(&call, builtin);
out:
	talloc_free(ctx);
	return 0;
}
