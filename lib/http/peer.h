#ifndef SARK_HTTP_PEER_H
#define SARK_HTTP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"

/*
 * Whose processes may connect to a Unix socket, besides root's.  A FastCGI
 * peer is believed what it says of the client (REMOTE_ADDR, HTTPS): whoever
 * is not the web server could say anything.
 */
struct sark_peers {
	const uid_t *uids;
	size_t n;
	void (*refused)(void *arg, uid_t uid); /* told of each other one */
	void *arg;
};

/*
 * Whether the process at the other end of fd, as the kernel noted it when it
 * connected (SO_PEERCRED, unix(7)), may; one that has no such note may not.
 */
bool sark_peer_may(const struct sark_peers *peers, int fd) SARK_NONNULL(1);

#endif
