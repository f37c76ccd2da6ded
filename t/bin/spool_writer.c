/*
 * Writes events to a spool like a program that serves requests, and prints
 * the id of each when it is acknowledged: spool_writer DIR EVENTS PER_SECOND
 * SEGMENT_BYTES.  PER_SECOND 0 is as fast as it goes.  Started as root it
 * becomes nobody, like the programs of a test.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "audit/event.h"
#include "audit/spool.h"
#include "base/app.h"
#include "base/mem.h"
#include "base/num.h"
#include "proc/privs.h"

static const char *const nothing[] = { NULL };

static int
write_event(struct sark_app *app, int64_t i, struct sark_err *err)
{
	const struct sark_caller who = {
		.user_id = "01938f2c-7f00-7000-8000-0000000000aa",
		.username = "ada",
		.roles = nothing,
		.client_ip = "192.0.2.7",
		.user_agent = "curl/8.5.0",
		.request_id = "r-1",
		.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
	};
	struct sark_event event;
	int ret;

	app->mem = talloc_new(NULL);
	sark_event_init(&event, &who, "policy_decision");
	event.action = "tool:invoke";
	event.resource = "tab\tback\\slash \"caf\xc3\xa9\"";
	event.decision = i % 2 == 0 ? "allow" : "deny";
	event.reason = "line\none";
	event.detail = sark_format(app->mem,
	    "{\"n\":%lld,\"rule\":\"level\",\"cache\":\"MISS\"}", (long long)i);
	ret = sark_audit_spool(app, &event, err);
	if (ret == 0 && (puts(event.id) == EOF || fflush(stdout) == EOF))
		ret = sark_err_set(err, SARK_INTERNAL, "standard output");
	talloc_free(app->mem);
	return ret;
}

int
main(int argc, char **argv)
{
	struct sark_app app = { .program = "sark-test" };
	int64_t events, rate, segment, i;
	struct timespec pause;
	struct sark_err err;

	sark_err_init(&err);
	if (sark_privs_drop("nobody", "", &err) == -1) {
		fprintf(stderr, "spool_writer: %s\n", err.text);
		return sark_code_exit(err.code);
	}
	if (argc != 5 || sark_num_int(argv[2], 0, 1000000000, &events) == -1 ||
	    sark_num_int(argv[3], 0, 1000000, &rate) == -1 ||
	    sark_num_int(argv[4], 1, 1000000000, &segment) == -1)
		return EX_USAGE;
	pause.tv_sec = rate == 1;
	pause.tv_nsec = rate > 1 ? 1000000000 / rate : 0;
	if (sark_spool_open(NULL, argv[1], app.program, segment, false,
		&app.spool, &err) == -1)
		goto fail;
	for (i = 0; i < events; i++) {
		if (write_event(&app, i, &err) == -1)
			goto fail;
		if (rate > 0)
			nanosleep(&pause, NULL);
	}
	talloc_free(app.spool);
	return EX_OK;
fail:
	fprintf(stderr, "%s\n", err.text);
	return EX_SOFTWARE;
}
