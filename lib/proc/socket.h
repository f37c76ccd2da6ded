#ifndef SARK_PROC_SOCKET_H
#define SARK_PROC_SOCKET_H

#include "base/attr.h"
#include "base/err.h"

/* How a program was started. */
enum sark_started {
	SARK_STARTED_SOCKET,  /* descriptor 0 listens */
	SARK_STARTED_CGI,     /* one request: RFC 3875 */
	SARK_STARTED_BY_HAND, /* neither */
};

/*
 * Finds out, and brings the listening socket to descriptor 0 where FastCGI
 * (section 2.2 of its specification), spawn-fcgi and lighttpd put it; systemd
 * hands it over as descriptor 3 with LISTEN_FDS=1 (sd_listen_fds(3)).
 * Errors: USAGE more than one socket was handed over, INTERNAL.
 */
int sark_socket_find(enum sark_started *started_r, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
