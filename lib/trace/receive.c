#include "trace/receive.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "trace/address.h"
#include "trace/record.h"

struct sark_trace_receiver {
	int fd;
	struct sockaddr_un at;
	struct sark_trace_record record;
};

static int
close_receiver(struct sark_trace_receiver *receiver)
{
	unlink(receiver->at.sun_path);
	close(receiver->fd);
	return 0;
}

static int
bind_to(int fd, const struct sockaddr_un *at)
{
	mode_t mask = umask(0117);
	int ret;

	(void)unlink(at->sun_path);
	ret = bind(fd, (const struct sockaddr *)at, sizeof(*at));
	umask(mask);
	return ret;
}

int
sark_trace_receiver_open(void *ctx, const char *run_dir,
    struct sark_trace_receiver **receiver_r, struct sark_err *err)
{
	struct sark_trace_receiver *receiver;
	struct sockaddr_un at;
	int fd;

	if (sark_trace_address(&at, run_dir, err) == -1)
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind_to(fd, &at) == -1) {
		sark_err_set(
		    err, SARK_CONFIG, "%s: %s", at.sun_path, strerror(errno));
		if (fd != -1)
			close(fd);
		return -1;
	}
	receiver = sark_new(ctx, struct sark_trace_receiver);
	receiver->fd = fd;
	receiver->at = at;
	talloc_set_destructor(receiver, close_receiver);
	*receiver_r = receiver;
	return 0;
}

int
sark_trace_receiver_fd(const struct sark_trace_receiver *receiver)
{
	return receiver->fd;
}

int
sark_trace_receive(struct sark_trace_receiver *receiver,
    const struct sark_trace_record **trace_r, size_t *len_r)
{
	ssize_t n;

	/* With MSG_TRUNC the length is that of the whole datagram. */
	do
		n = recv(receiver->fd, &receiver->record,
		    sizeof(receiver->record), MSG_DONTWAIT | MSG_TRUNC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return 0;
	*trace_r = &receiver->record;
	*len_r = (size_t)n;
	return sark_trace_record_valid(&receiver->record, *len_r) ? 1 : -1;
}
