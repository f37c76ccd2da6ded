#include "trace/send.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "trace/address.h"

#define QUIET_NS INT64_C(1000000000)

struct sark_trace_sender {
	int fd;
	struct sockaddr_un to;
	int64_t quiet_until_ns;
};

static int
close_sender(struct sark_trace_sender *sender)
{
	close(sender->fd);
	return 0;
}

int
sark_trace_sender_open(void *ctx, const char *run_dir,
    struct sark_trace_sender **sender_r, struct sark_err *err)
{
	struct sark_trace_sender *sender;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, n;

	n = snprintf(
	    to.sun_path, sizeof(to.sun_path), "%s/" SARK_TRACE_SOCKET, run_dir);
	if (n < 0 || (size_t)n >= sizeof(to.sun_path))
		return sark_err_set(err, SARK_CONFIG,
		    "run_dir: too long a path for a socket in it");
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return sark_err_set(
		    err, SARK_INTERNAL, "socket: %s", strerror(errno));
	sender = sark_new(ctx, struct sark_trace_sender);
	sender->fd = fd;
	sender->to = to;
	talloc_set_destructor(sender, close_sender);
	*sender_r = sender;
	return 0;
}

int
sark_trace_send(
    struct sark_trace_sender *sender, const void *record, size_t len)
{
	const struct sockaddr *to = (const struct sockaddr *)&sender->to;
	ssize_t sent;

	if (sender->quiet_until_ns != 0 &&
	    sark_clock_mono_ns() < sender->quiet_until_ns)
		return -1;
	sender->quiet_until_ns = 0;
	sent = sendto(
	    sender->fd, record, len, MSG_NOSIGNAL, to, sizeof(sender->to));
	if (sent != -1)
		return 0;
	/* Behind is not away: the next one may find room. */
	if (errno != EAGAIN && errno != ENOBUFS)
		sender->quiet_until_ns = sark_clock_mono_ns() + QUIET_NS;
	return -1;
}
