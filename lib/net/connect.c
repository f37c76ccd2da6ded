#include "net/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

#define NS_PER_MS INT64_C(1000000)
#define MS_MAX	  60000

int
sark_connect_left_ms(int64_t until_ns)
{
	int64_t left = until_ns - sark_clock_mono_ns();

	if (left <= 0)
		return 0;
	if (left > MS_MAX * NS_PER_MS)
		return MS_MAX;
	return (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}

int
sark_connect_wait(int fd, short what, int64_t until_ns)
{
	struct pollfd p = { .fd = fd, .events = what };
	int got, ms;

	do {
		ms = sark_connect_left_ms(until_ns);
		got = ms == 0 ? 0 : poll(&p, 1, ms);
	} while (got == -1 && errno == EINTR);
	if (got == 0)
		errno = ETIMEDOUT;
	return got == 1 ? 0 : -1;
}

/* Waits for the connection that was begun; 0, or the errno of its failure. */
static int
outcome(int fd, int64_t until_ns)
{
	int failure = 0;
	socklen_t size = sizeof(failure);

	if (sark_connect_wait(fd, POLLOUT, until_ns) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == -1)
		return errno;
	return failure;
}

static int
connect_to(
    int family, const struct sockaddr *address, socklen_t len, int64_t until_ns)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int failure = 0, flags;

	if (fd == -1)
		return -1;
	if (connect(fd, address, len) == -1)
		failure = errno == EINPROGRESS ? outcome(fd, until_ns) : errno;
	flags = fcntl(fd, F_GETFL);
	if (failure == 0 &&
	    (flags == -1 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == -1))
		failure = errno;
	if (failure == 0)
		return fd;
	close(fd);
	errno = failure;
	return -1;
}

/* Questions and answers are short: none shall wait for the next. */
static void
send_at_once(int fd)
{
	const int yes = 1;

	/* Slower without, and no worse. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) == -1)
		errno = 0;
}

int
sark_connect_local(const char *path, int64_t until_ns)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (sark_str_copy(address.sun_path, sizeof(address.sun_path), path) ==
	    -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return connect_to(AF_UNIX, (const struct sockaddr *)&address,
	    sizeof(address), until_ns);
}

int
sark_connect_host(const char *host, int port, int64_t until_ns)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV };
	struct addrinfo *all, *one;
	char service[16];
	int fd = -1, why = EHOSTUNREACH;

	snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(host, service, &hints, &all) != 0) {
		errno = why;
		return -1;
	}
	for (one = all; one != NULL && fd == -1; one = one->ai_next) {
		fd = connect_to(
		    one->ai_family, one->ai_addr, one->ai_addrlen, until_ns);
		why = errno;
	}
	freeaddrinfo(all);
	if (fd != -1)
		send_at_once(fd);
	errno = why;
	return fd;
}
