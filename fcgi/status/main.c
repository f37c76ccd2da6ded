#include "base/mem.h"
#include "conf/conf.h"
#include "http/networks.h"
#include "routes.h"
#include "serve/serve.h"

static int
check(const struct sark_conf *conf, struct sark_err *err)
{
	struct sark_networks *networks;

	if (sark_networks_make(NULL, conf->metrics_allow, &networks, err) == -1)
		return -1;
	talloc_free(networks);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct sark_program status = {
		.name = "sark-status",
		.summary = "Health, metrics and the API description of SARK",
		.routes = status_routes,
		.needs = SARK_NEEDS_KEYS,
		.watches = SARK_NEEDS_PG | SARK_NEEDS_REDIS |
		    SARK_NEEDS_POLICY | SARK_NEEDS_SPOOL,
		.check = check,
	};

	return sark_serve(&status, argc, argv);
}
