#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program audit = {
		.name = "sark-audit",
		.summary = "The audit trail of SARK: events and statistics",
		.routes = audit_routes,
		.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_KEYS |
		    SARK_NEEDS_SEAL | SARK_NEEDS_SPOOL,
		.watches = SARK_NEEDS_PEPPER,
	};

	return sark_serve(&audit, argc, argv);
}
