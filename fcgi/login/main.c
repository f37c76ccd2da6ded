#include "routes.h"
#include "serve/serve.h"

int
main(int argc, char **argv)
{
	static const struct sark_program login = {
		.name = "sark-login",
		.summary = "Login, the account of the caller, public keys",
		.routes = login_routes,
		.needs = SARK_NEEDS_PG | SARK_NEEDS_REDIS | SARK_NEEDS_SIGNING |
		    SARK_NEEDS_SEAL | SARK_NEEDS_SPOOL | SARK_NEEDS_LDAP |
		    SARK_NEEDS_HASHES,
		.watches = SARK_NEEDS_PEPPER,
	};

	return sark_serve(&login, argc, argv);
}
