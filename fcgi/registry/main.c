#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program registry = {
		.name = "sark-registry",
		.summary =
		    "MCP servers, their tools and how sensitive they are",
		.routes = registry_routes,
		.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_KEYS |
		    SARK_NEEDS_SEAL | SARK_NEEDS_SPOOL | SARK_NEEDS_POLICY,
		.watches = SARK_NEEDS_PEPPER,
	};

	return sark_serve(&registry, argc, argv);
}
