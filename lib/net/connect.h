#ifndef SARK_NET_CONNECT_H
#define SARK_NET_CONNECT_H

#include <stdint.h>

#include "base/attr.h"

/* Stream sockets, and waiting for them until a time, monotonic nanoseconds. */

/* Milliseconds left, rounded up, at most a minute; 0 when it is over. */
int sark_connect_left_ms(int64_t until_ns);
/*
 * Waits until fd can be read (POLLIN) or written (POLLOUT).
 * 0, or -1 with errno, ETIMEDOUT when it is over.
 */
int sark_connect_wait(int fd, short what, int64_t until_ns) SARK_CHECKED;
/*
 * A blocking descriptor, connected to the first address of the host that
 * takes it, or to a Unix socket.  -1 with errno; EHOSTUNREACH: a host that
 * has no address.
 */
int sark_connect_host(const char *host, int port, int64_t until_ns)
    SARK_NONNULL(1) SARK_CHECKED;
int sark_connect_local(const char *path, int64_t until_ns)
    SARK_NONNULL(1) SARK_CHECKED;

#endif
