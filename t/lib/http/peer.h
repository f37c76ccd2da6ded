#ifndef T_LIB_HTTP_PEER_H
#define T_LIB_HTTP_PEER_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "http/listen.h"

/* A worker in a process of its own, and a web server that speaks to it. */
struct peer {
	char dir[32];
	char path[64];
	pid_t pid;
};

/* cmocka's setup and teardown: a struct peer; the worker ended well. */
int peer_set_up(void **state);
int peer_tear_down(void **state);
/*
 * Starts the worker: listen without fd and stop; files limits its
 * descriptors, 0 not.
 */
void peer_start(
    struct peer *s, const struct sark_listen *listen, unsigned int files);
/* A new connection. */
int peer_dial(const struct peer *s);
void peer_tell(int fd, const void *data, size_t len);
/* Reads until the end or, with ends > 0, that many END_REQUESTs. */
size_t peer_hear(int fd, int ends, struct sark_buf *out);
/* The STDOUT of an answer, without the records around it. */
struct sark_buf peer_stdout(
    const struct peer *s, const struct sark_buf *answer);
/* The bytes of a request, of one path. */
void peer_request(struct peer *s, struct sark_buf *out, unsigned char flags,
    const char *body);
/* One request on a new connection; its answer's text. */
const char *peer_ask(struct peer *s, const char *body);

#endif
