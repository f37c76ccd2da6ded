#ifndef SARK_TRACE_ADDRESS_H
#define SARK_TRACE_ADDRESS_H

#include <sys/un.h>

#include "base/attr.h"
#include "base/err.h"

/* The socket between the programs and sark-trace-forward(8), in run_dir. */
#define SARK_TRACE_SOCKET "trace.sock"

/* Errors: CONFIG the path is too long for a socket. */
int sark_trace_address(struct sockaddr_un *address_r, const char *run_dir,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
