#include "json/writer.h"
#include "routes.h"

int
get_policy(struct sark_app *app, const struct sark_req *req SARK_UNUSED,
    struct sark_resp *resp, struct sark_err *err SARK_UNUSED)
{
	struct sark_policy_info info;
	struct sark_jw jw;

	sark_policy_describe(app->policy, &info);
	sark_jw_init(&jw, &resp->body);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_str(&jw, "engine", info.engine);
	sark_jw_str(&jw, "revision", info.revision);
	sark_jw_str(&jw, "entrypoint", info.entrypoint);
	sark_jw_list(&jw, "rules", info.sources);
	sark_jw_list(&jw, "builtins", info.builtins);
	sark_jw_time(&jw, "built_at", info.built_ms);
	sark_jw_time(&jw, "loaded_at", info.loaded_ms);
	/* A worker without a policy that loaded does not run. */
	sark_jw_str(&jw, "health", "ok");
	sark_jw_close(&jw);
	return 0;
}
