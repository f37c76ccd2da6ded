#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program status = {
		.name = "sark-status",
		.summary = "Health, metrics and the API description of SARK",
		.routes = status_routes,
		.needs = SARK_NEEDS_KEYS | SARK_NEEDS_SHARE,
		.watches = SARK_NEEDS_PG | SARK_NEEDS_REDIS |
		    SARK_NEEDS_POLICY | SARK_NEEDS_SPOOL | SARK_NEEDS_SEAL |
		    SARK_NEEDS_PEPPER,
	};

	return sark_serve(&status, argc, argv);
}
