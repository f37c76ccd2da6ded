#ifndef SARK_SERVE_WORKER_H
#define SARK_SERVE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "serve/serve.h"

struct sark_conf;

/* What a worker, or a plain CGI process, is told at its start. */
struct sark_worker {
	const struct sark_program *program;
	const struct sark_conf *conf;
	bool schema_seen; /* and found to fit */
	int tell;	  /* for sark_workers_tell */
	int64_t workers;  /* of the program; 0 plain CGI, a process a request */
};

/*
 * Opens and closes everything that a worker will, to find now what none
 * could do without, and sets worker->schema_seen.  A PostgreSQL that is
 * away is told in the log.  Errors: CONFIG.
 */
int sark_worker_rehearse(struct sark_worker *worker, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * Serves on descriptor 0 with stores and files of its own until SIGTERM.
 * Errors: CONFIG something it needs has gone, INTERNAL.
 */
int sark_worker_run(const struct sark_worker *worker, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/* Answers the one request of a plain CGI environment (RFC 3875). */
int sark_worker_cgi(const struct sark_worker *worker, char *const *environment,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
