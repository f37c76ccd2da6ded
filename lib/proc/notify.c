#include "proc/notify.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

#define VARIABLE "NOTIFY_SOCKET="
#define READY	 "READY=1"

static const char *
wanted(char *const *environment)
{
	for (; *environment != NULL; environment++)
		if (sark_str_starts(*environment, VARIABLE))
			return *environment + strlen(VARIABLE);
	return NULL;
}

/* A path, or '@' and an abstract name (unix(7)). */
static int
send_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t size =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	ssize_t sent;
	int fd;

	if ((*name != '/' && *name != '@') ||
	    sark_str_copy(address.sun_path, sizeof(address.sun_path), name) ==
		-1) {
		errno = EINVAL;
		return -1;
	}
	if (*name == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	sent = sendto(fd, READY, strlen(READY), MSG_NOSIGNAL,
	    (const struct sockaddr *)&address, size);
	close(fd);
	return sent == -1 ? -1 : 0;
}

void
sark_notify_ready(char *const *environment)
{
	const char *name = wanted(environment);

	if (name != NULL && send_to(name) == -1)
		sark_log(SARK_LOG_WARNING, "not_notified", "socket", name,
		    "text", strerror(errno), NULL);
}
