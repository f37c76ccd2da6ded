#include <argp.h>
#include <stdio.h>

#include "base/str.h"
#include "commands.h"
#include "table.h"

int
status_command(
    struct client *client, int argc, char **argv, struct sark_err *err)
{
	static const struct argp argp = { NULL, NULL, "",
		"Says whether SARK is ready and what it waits for.", NULL, NULL,
		NULL };
	const struct call call = {
		.method = "GET", .path = "/health/ready", .anonymous = true
	};
	const struct sark_json *ready, *checks, *check;
	struct sark_http_answer answer;
	struct sark_err not_ready;
	const char *name;
	size_t i;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	/* 503 is an answer here: it says what is missing. */
	sark_err_init(&not_ready);
	if (client_call(client, &call, &answer, &ready, &not_ready) == -1 &&
	    (not_ready.code == SARK_TIMEOUT || ready == NULL)) {
		*err = not_ready;
		return -1;
	}
	if (client->json) {
		table_print_json(&answer);
		return answer.status == 200 ? 0
					    : sark_code_exit(SARK_UNAVAILABLE);
	}
	checks = sark_json_get(ready, "checks");
	printf("%-12s %s\n", client->url,
	    answer.status == 200 ? "ready" : "not ready");
	for (i = 0; i < sark_json_count(checks); i++) {
		check = sark_json_member(checks, i, &name);
		printf("%-12s %s\n", name,
		    sark_json_bool(sark_json_get(check, "ok"), false) ? "ok"
								      : "away");
	}
	return answer.status == 200 ? 0 : sark_code_exit(SARK_UNAVAILABLE);
}
