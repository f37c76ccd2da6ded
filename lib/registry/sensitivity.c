#include "registry/sensitivity.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "registry/words.h"

#define MAX_KEYWORDS 20

/* clang-format off */
static const char *const keywords[][MAX_KEYWORDS] = {
	[SARK_LEVEL_LOW] = { "read", "get", "list", "fetch", "view", "show",
	    "display", "query", "search", "find", "retrieve" },
	[SARK_LEVEL_MEDIUM] = { "write", "update", "modify", "change", "edit",
	    "create", "insert", "save", "upload", "put", "post", "patch" },
	[SARK_LEVEL_HIGH] = { "delete", "drop", "exec", "execute", "admin",
	    "root", "sudo", "kill", "destroy", "remove", "purge", "truncate" },
	[SARK_LEVEL_CRITICAL] = { "payment", "transaction", "credit_card",
	    "password", "secret", "key", "token", "credential", "auth",
	    "permission", "access_control", "encrypt", "decrypt" },
};
/* clang-format on */

/*
 * Adds the names under "properties" at every depth.  The reader bounds the
 * depth, so a fixed stack of places serves instead of recursion.
 */
static void
add_parameter_names(struct sark_buf *words, const struct sark_json *schema)
{
	struct {
		const struct sark_json *value;
		size_t next;
		bool names;
	} stack[SARK_JSON_DEPTH + 1];
	size_t depth = 1;

	stack[0].value = schema;
	stack[0].next = 0;
	stack[0].names = false;
	while (depth > 0) {
		const struct sark_json *value = stack[depth - 1].value, *child;
		bool object = sark_json_type(value) == SARK_JSON_OBJECT;
		bool names = stack[depth - 1].names;
		const char *name = "";
		size_t i = stack[depth - 1].next++;

		if (i >= sark_json_count(value)) {
			depth--;
			continue;
		}
		child = object ? sark_json_member(value, i, &name)
			       : sark_json_element(value, i);
		if (names)
			sark_words_add(words, name);
		if (sark_json_count(child) == 0 || depth > SARK_JSON_DEPTH)
			continue;
		stack[depth].value = child;
		stack[depth].next = 0;
		stack[depth].names =
		    object && !names && sark_str_eq(name, "properties");
		depth++;
	}
}

static const char *const *
matched(void *ctx, const char *words, const char *const *class)
{
	const char **list = sark_new_array(ctx, const char *, MAX_KEYWORDS + 1);
	size_t i, n = 0;

	for (i = 0; i < MAX_KEYWORDS && class[i] != NULL; i++)
		if (sark_words_have(words, class[i]))
			list[n++] = class[i];
	return list;
}

struct sark_sensitivity
sark_sensitivity_detect(void *ctx, const char *name, const char *description,
    const struct sark_json *parameters)
{
	struct sark_sensitivity found = { SARK_LEVEL_MEDIUM, NULL, "default" };
	struct sark_buf words;
	int level;

	sark_buf_init(&words, ctx);
	sark_words_add(&words, name);
	if (description != NULL)
		sark_words_add(&words, description);
	add_parameter_names(&words, parameters);
	for (level = SARK_LEVEL_CRITICAL; level >= SARK_LEVEL_LOW; level--) {
		found.keywords = matched(ctx, words.data, keywords[level]);
		if (found.keywords[0] != NULL) {
			found.level = (enum sark_level)level;
			found.method = "keywords";
			break;
		}
	}
	return found;
}
