#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program admin = {
		.name = "sark-admin",
		.summary = "Users, their roles and what they may",
		.routes = admin_routes,
		.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_KEYS |
		    SARK_NEEDS_SEAL | SARK_NEEDS_SPOOL | SARK_NEEDS_HASHES,
		.watches = SARK_NEEDS_PEPPER,
	};

	return sark_serve(&admin, argc, argv);
}
