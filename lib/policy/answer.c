#include "policy/answer.h"

#include "base/str.h"

static int
odd(struct sark_err *err, const char *what)
{
	return sark_err_set(
	    err, SARK_POLICY_UNAVAILABLE, "the policy's answer: %s", what);
}

static int
take_text(const struct sark_json *value, const char **text_r)
{
	*text_r = sark_json_str(value);
	return *text_r != NULL ? 0 : -1;
}

static int
take_json(void *ctx, const struct sark_json *value, enum sark_json_type type,
    const char **text_r)
{
	size_t len;

	if (sark_json_type(value) != type)
		return -1;
	*text_r = sark_json_text(ctx, value, &len);
	return 0;
}

static int
take_ttl(const struct sark_json *value, int64_t *ttl_r)
{
	*ttl_r = sark_json_int(value, -1);
	return *ttl_r >= 0 ? 0 : -1;
}

static int
take_allow(const struct sark_json *value, bool *allow_r)
{
	if (sark_json_type(value) != SARK_JSON_BOOL)
		return -1;
	*allow_r = sark_json_bool(value, false);
	return 0;
}

static int
take_member(void *ctx, const char *name, const struct sark_json *value,
    struct sark_decision *decision)
{
	if (sark_str_eq(name, "allow"))
		return take_allow(value, &decision->allow);
	if (sark_str_eq(name, "reason"))
		return take_text(value, &decision->reason);
	if (sark_str_eq(name, "rule"))
		return take_text(value, &decision->rule);
	if (sark_str_eq(name, "cache_ttl"))
		return take_ttl(value, &decision->cache_ttl_s);
	if (sark_str_eq(name, "filtered_parameters"))
		return take_json(ctx, value, SARK_JSON_OBJECT,
		    &decision->filtered_parameters);
	if (sark_str_eq(name, "removed_parameters"))
		return take_json(
		    ctx, value, SARK_JSON_ARRAY, &decision->removed_parameters);
	if (sark_str_eq(name, "obligations"))
		return take_json(
		    ctx, value, SARK_JSON_ARRAY, &decision->obligations);
	return -1;
}

int
sark_answer_read(void *ctx, const char *text, size_t len,
    struct sark_decision *decision, struct sark_err *err)
{
	const struct sark_json *answer, *value;
	struct sark_err parse;
	const char *name;
	size_t i;

	sark_err_init(&parse);
	if (sark_json_parse(ctx, text, len, &answer, &parse) == -1)
		return odd(err, parse.text);
	if (sark_json_type(answer) != SARK_JSON_OBJECT)
		return odd(err, "not an object");
	if (sark_json_get(answer, "allow") == NULL)
		return odd(err, "without allow");
	decision->allow = false;
	decision->reason = decision->rule = "";
	decision->filtered_parameters = decision->removed_parameters = "";
	decision->obligations = "[]";
	decision->cache_ttl_s = SARK_TTL_UNSAID;
	for (i = 0; i < sark_json_count(answer); i++) {
		value = sark_json_member(answer, i, &name);
		if (take_member(ctx, name, value, decision) == -1)
			return odd(err, name);
	}
	return 0;
}
