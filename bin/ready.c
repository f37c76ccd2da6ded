#include "config.h"

#include "ready.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

int
ready_open(int *fd_r, char name_r[READY_NAME], struct sark_err *err)
{
	/* Nothing but the family: the kernel chooses an abstract name. */
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(address.sun_family);
	const int on = 1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == -1 ||
	    bind(fd, (const struct sockaddr *)&address, size) == -1)
		goto fail;
	size = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		goto fail;
	size -= (socklen_t)offsetof(struct sockaddr_un, sun_path);
	if (size < 1 || size >= READY_NAME) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	memcpy(name_r, address.sun_path, size);
	name_r[0] = '@';
	name_r[size] = '\0';
	*fd_r = fd;
	return 0;
fail:
	sark_err_set(err, SARK_INTERNAL, "socket: %s", strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

/* Who sent a message, as the kernel says; 0 if it does not. */
static pid_t
sender(struct msghdr *message)
{
	struct cmsghdr *part;
	struct ucred who;

	for (part = CMSG_FIRSTHDR(message); part != NULL;
	     part = CMSG_NXTHDR(message, part)) {
		if (part->cmsg_level != SOL_SOCKET ||
		    part->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&who, CMSG_DATA(part), sizeof(who));
		return who.pid;
	}
	return 0;
}

pid_t
ready_take(int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
	char text[128];
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr message;
	ssize_t n;

	for (;;) {
		message = (struct msghdr){ .msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
		if (n == -1)
			return 0;
		text[n] = '\0';
		if (sark_str_eq(text, "READY=1"))
			return sender(&message);
	}
}
