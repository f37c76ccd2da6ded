#include "base/clock.h"
#include "checks.h"
#include "conf/conf.h"
#include "config.h"
#include "depth.h"
#include "json/writer.h"
#include "policy/policy.h"
#include "routes.h"

static void
write_check(struct sark_jw *jw, const struct check *check)
{
	sark_jw_bool(jw, "ok", check->ok);
	if (!check->ok)
		sark_jw_str(jw, "code", sark_code_name(check->code));
	sark_jw_double(jw, "latency_ms", (double)check->latency_ns / 1e6);
}

static void
write_spool(struct sark_jw *jw, const struct sark_app *app)
{
	struct depth depth = depth_of_spool(app->conf->spool_dir);

	sark_jw_int(jw, "files", depth.files);
	sark_jw_int(jw, "bytes", depth.bytes);
}

int
get_detailed(struct sark_app *app, const struct sark_req *req,
    struct sark_resp *resp, struct sark_err *err)
{
	struct check checks[CHECKS];
	struct sark_jw jw;
	size_t i;
	bool ready = checks_run(app, checks);

	(void)req;
	(void)err;
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "status", ready ? "ok" : "degraded");
	sark_jw_str(&jw, "version", PACKAGE_VERSION);
	sark_jw_time(&jw, "time", sark_clock_ms());
	sark_jw_open(&jw, "checks", '{');
	for (i = 0; i < CHECKS; i++) {
		sark_jw_open(&jw, checks[i].name, '{');
		write_check(&jw, &checks[i]);
		if (i == CHECK_POLICY && checks[i].ok)
			sark_jw_str(
			    &jw, "revision", sark_policy_revision(app->policy));
		if (i == CHECK_SPOOL)
			write_spool(&jw, app);
		sark_jw_close(&jw);
	}
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	return 0;
}
