#include "proc/socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"

#define SYSTEMD_FIRST 3

static bool
listens(int fd)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 &&
	    value != 0;
}

/* Whether systemd handed sockets to this very process, and how many. */
static int64_t
from_systemd(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t number = 0, count = 0;

	if (pid == NULL || fds == NULL ||
	    sark_num_int(pid, 1, INT32_MAX, &number) == -1 ||
	    number != getpid() || sark_num_int(fds, 1, 1024, &count) == -1)
		return 0;
	return count;
}

int
sark_socket_find(enum sark_started *started_r, struct sark_err *err)
{
	int64_t count = from_systemd();

	if (count > 1)
		return sark_err_set(err, SARK_USAGE,
		    "LISTEN_FDS=%d: a program serves one socket", (int)count);
	if (count == 1 && listens(SYSTEMD_FIRST)) {
		if (dup2(SYSTEMD_FIRST, STDIN_FILENO) == -1)
			return sark_err_set(
			    err, SARK_INTERNAL, "dup2: %s", strerror(errno));
		close(SYSTEMD_FIRST);
	}
	if (listens(STDIN_FILENO))
		*started_r = SARK_STARTED_SOCKET;
	else if (getenv("GATEWAY_INTERFACE") != NULL)
		*started_r = SARK_STARTED_CGI;
	else
		*started_r = SARK_STARTED_BY_HAND;
	return 0;
}
