#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "registry/sensitivity.h"

/* clang-format off */
static const struct {
	const char	*name;
	const char	*description;
	const char	*parameters;
	const char	*level;
	const char	*keyword;	/* one of those matched, NULL default */
} cases[] = {
	{ "jira.delete_issue", NULL, NULL, "high", "delete" },
	{ "deleteIssue", NULL, NULL, "high", "delete" },
	{ "DELETE", NULL, NULL, "high", "delete" },
	{ "HTTPGet", NULL, NULL, "low", "get" },
	{ "getIssue", "Reads one issue", NULL, "low", "get" },
	{ "get_issue", "updates nothing", NULL, "medium", "update" },
	{ "frobnicate", NULL, NULL, "medium", NULL },
	{ "undeleted", NULL, NULL, "medium", NULL },
	{ "monkey", NULL, NULL, "medium", NULL },
	{ "keys", NULL, NULL, "critical", "key" },
	{ "list_queries", NULL, NULL, "low", "query" },
	{ "chargeCreditCard", NULL, NULL, "critical", "credit_card" },
	{ "credit", "card", NULL, "critical", "credit_card" },
	{ "credit", "a card", NULL, "medium", NULL },
	{ "set access controls", NULL, NULL, "critical", "access_control" },
	{ "show", NULL, "{\"properties\":{\"apiToken\":{}}}", "critical", "token" },
	{ "show", NULL, "{\"properties\":{\"a\":{\"properties\":{\"password\":{}}}}}",
	  "critical", "password" },
	{ "show", NULL, "{\"properties\":{\"a\":{\"description\":\"password\"}}}",
	  "low", "show" },
	{ "show", NULL, "{\"password\":1}", "low", "show" },
	{ "show", NULL, "{\"properties\":{\"properties\":{\"title\":\"x\"}}}", "low", "show" },
	{ "patches", NULL, NULL, "medium", "patch" },
	{ "1delete2", NULL, NULL, "high", "delete" },
	{ "l\xc3\xb6schen_root", NULL, NULL, "high", "root" },
};
/* clang-format on */

static void
words_suggest_levels(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SARK_COUNT(cases); i++) {
		void *ctx = talloc_new(NULL);
		const struct sark_json *parameters = NULL;
		struct sark_sensitivity found;
		struct sark_err err;

		sark_err_init(&err);
		if (cases[i].parameters != NULL)
			assert_int_equal(
			    sark_json_parse(ctx, cases[i].parameters,
				strlen(cases[i].parameters), &parameters, &err),
			    0);
		found = sark_sensitivity_detect(
		    ctx, cases[i].name, cases[i].description, parameters);
		assert_string_equal(
		    sark_level_name(found.level), cases[i].level);
		if (cases[i].keyword == NULL) {
			assert_string_equal(found.method, "default");
			assert_null(found.keywords[0]);
		} else {
			assert_string_equal(found.method, "keywords");
			assert_true(
			    sark_str_in(cases[i].keyword, found.keywords));
		}
		talloc_free(ctx);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_suggest_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
