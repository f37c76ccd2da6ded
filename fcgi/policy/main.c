#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program policy = {
		.name = "sark-policy",
		.summary = "Decides who may do what with which tool",
		.routes = policy_routes,
		.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_KEYS |
		    SARK_NEEDS_SEAL | SARK_NEEDS_SPOOL | SARK_NEEDS_POLICY,
		.watches = SARK_NEEDS_PEPPER,
	};

	return sark_serve(&policy, argc, argv);
}
