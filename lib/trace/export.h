#ifndef SARK_TRACE_EXPORT_H
#define SARK_TRACE_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "trace/queue.h"

/*
 * Takes traces from a queue to an OTLP/HTTP endpoint, a batch at a time, by
 * the rules of the OTLP specification 1 (section "OTLP/HTTP Response"): what
 * is answered 429, 502, 503 or 504, or not at all, is sent again after
 * Retry-After or a growing, scattered delay, for SARK_EXPORT_RETRY_S; any
 * other error is final, as is a success that names rejected spans.
 */
#define SARK_EXPORT_SPANS   512 /* that make a batch at once */
#define SARK_EXPORT_RETRY_S 300

struct sark_exporter;

/* Spans by what became of them, and requests by how they ended. */
struct sark_exporter_figures {
	int64_t exported; /* spans */
	int64_t rejected; /* the endpoint does not want them */
	int64_t dropped;  /* given up after RETRY_S */
	int64_t ok;	  /* requests */
	int64_t retried;
	int64_t refused;
};

/* Strings and figures are lent. */
struct sark_exporter_options {
	const char *endpoint;	  /* http or https, the whole URL */
	const char *headers_file; /* headers.h; read again for each request */
	const char *version;	  /* of SARK */
	int64_t delay_ms;	  /* that spans wait for more, at most */
	int64_t timeout_ms;
	bool gzip;
	/*
	 * Where batches go instead: told the body, exports nothing.  May be
	 * NULL.
	 */
	void (*print)(const char *json);
	struct sark_exporter_figures *figures; /* are counted up */
};

/*
 * Freeing it gives up what is under way.
 * Errors: CONFIG the endpoint or the headers; INTERNAL.
 */
int sark_exporter_open(void *ctx, const struct sark_exporter_options *options,
    struct sark_trace_queue *queue, struct sark_exporter **exporter_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/*
 * Goes on with what there is to do, and waits for more or for fd to be
 * readable, a second at most.  With flush nothing waits for more traces.
 */
void sark_exporter_step(struct sark_exporter *exporter, int fd, bool flush)
    SARK_NONNULL(1);

#endif
