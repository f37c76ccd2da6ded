#include "trace/address.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int
sark_trace_address(
    struct sockaddr_un *address_r, const char *run_dir, struct sark_err *err)
{
	int n;

	memset(address_r, 0, sizeof(*address_r));
	address_r->sun_family = AF_UNIX;
	n = snprintf(address_r->sun_path, sizeof(address_r->sun_path),
	    "%s/" SARK_TRACE_SOCKET, run_dir);
	if (n < 0 || (size_t)n >= sizeof(address_r->sun_path))
		return sark_err_set(err, SARK_CONFIG,
		    "run_dir: too long a path for a socket in it");
	return 0;
}
