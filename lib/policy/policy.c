#include "policy/policy.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "policy/cache.h"
#include "policy/decide.h"
#include "policy/engine.h"

int
sark_policy_open(void *ctx, const struct sark_conf *conf,
    struct sark_policy **policy_r, struct sark_err *err)
{
	const struct sark_engine_limits limits = { conf->policy_deadline_ms,
		conf->policy_memory_bytes };
	struct sark_policy *policy = sark_new(ctx, struct sark_policy);

	if (sark_engine_open(policy, conf->policy_dir, &limits, &policy->engine,
		err) == -1) {
		talloc_free(policy);
		return -1;
	}
	policy->engine_name = conf->policy_engine;
	policy->cached = conf->policy_cache;
	policy->cache = sark_cache_new(policy);
	*policy_r = policy;
	return 0;
}

int
sark_policy_refresh(struct sark_policy *policy, struct sark_err *err)
{
	return sark_engine_refresh(policy->engine, err);
}

const char *
sark_policy_revision(const struct sark_policy *policy)
{
	return sark_engine_revision(policy->engine);
}

void
sark_policy_describe(
    const struct sark_policy *policy, struct sark_policy_info *info_r)
{
	struct sark_engine_info engine;

	sark_engine_info(policy->engine, &engine);
	info_r->engine = policy->engine_name;
	info_r->revision = engine.revision;
	info_r->entrypoint = engine.entrypoint;
	info_r->sources = engine.sources;
	info_r->builtins = engine.builtins;
	info_r->built_ms = engine.built_at_ms;
	info_r->loaded_ms = engine.loaded_at_ms;
}

const char *
sark_cache_status_name(enum sark_cache_status status)
{
	static const char *const names[] = {
		[SARK_CACHE_BYPASS] = "BYPASS",
		[SARK_CACHE_MISS] = "MISS",
		[SARK_CACHE_HIT] = "HIT",
	};

	return names[status];
}
