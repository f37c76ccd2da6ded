#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program refresh = {
		.name = "sark-refresh",
		.summary = "New tokens for old ones, sessions and their end",
		.routes = refresh_routes,
		.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_SIGNING |
		    SARK_NEEDS_SEAL | SARK_NEEDS_SPOOL | SARK_NEEDS_LDAP,
		.watches = SARK_NEEDS_PEPPER,
	};

	return sark_serve(&refresh, argc, argv);
}
