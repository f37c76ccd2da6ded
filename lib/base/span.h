#ifndef SARK_BASE_SPAN_H
#define SARK_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/code.h"

/*
 * What a request did and how long it took: spans (W3C Trace Context, the
 * data model of OpenTelemetry).  One tracer a process, as it serves one
 * request at a time.  Whoever talks to a server or runs the engine begins a
 * span and ends it; the watcher is told of every one, for the metrics.  Only
 * the spans of a request that is sampled are kept, in an array of fixed size
 * that is handed out whole when the request ends: nothing is allocated, and
 * a request that is not sampled pays one branch a span.
 *
 * A span holds no parameter, no SQL and no key: names are those of routes,
 * statements and commands, all constants of the source.
 */
struct sark_tracer;

/* The layout of the two records below; another version is refused. */
#define SARK_TRACE_MAGIC UINT32_C(0x534b5401) /* "SKT" 1 */
/* Most spans of one request, its own included; more are counted. */
#define SARK_TRACE_SPANS 48
/* "00-<32>-<16>-01" and its NUL. */
#define SARK_TRACEPARENT_TEXT 56

enum sark_span_kind {
	SARK_SPAN_REQUEST,    /* server */
	SARK_SPAN_POSTGRESQL, /* client */
	SARK_SPAN_REDIS,      /* client */
	SARK_SPAN_ENGINE,     /* internal */
	SARK_SPAN_KINDS
};

/* The name of the span in which a store makes its connection. */
#define SARK_SPAN_CONNECT "connect"

/* A span under way, on the stack of its caller. */
struct sark_span {
	enum sark_span_kind kind;
	const char *name;  /* lent until the end */
	const char *error; /* set at the end; "" without */
	uint64_t id;	   /* 0: not kept */
	uint64_t parent;
	int64_t start_ns; /* monotonic */
	int64_t end_ns;
	uint32_t commands; /* sent in one round trip; 1 unless set */
};

/*
 * A finished span as it leaves the process, in the byte order of the host.
 * Texts end in a NUL and are padded with NULs.
 */
struct sark_span_record {
	uint64_t id;
	uint64_t parent;  /* 0: none */
	int64_t start_ns; /* since the epoch */
	int64_t end_ns;
	uint32_t kind; /* enum sark_span_kind */
	uint32_t commands;
	char error[24]; /* SQLSTATE, word of Redis, code of SARK; "" without */
	char name[64];
};
_Static_assert(sizeof(struct sark_span_record) == 128, "layout of a span");

/* One request: the head, then spans records of which the first is its own. */
struct sark_trace_record {
	uint32_t magic;
	uint32_t spans; /* 1 .. SARK_TRACE_SPANS */
	uint32_t lost;	/* there was no place for */
	uint32_t status;
	unsigned char id[16];
	uint32_t https; /* 0 or 1 */
	char method[12];
	char program[32];
	char route[96]; /* "" of no route */
	char path[256]; /* cut; printable ASCII, others are '?' */
	struct sark_span_record span[SARK_TRACE_SPANS];
};
_Static_assert(offsetof(struct sark_trace_record, span) == 432,
    "layout of the head of a trace");

/* Things that happen and are counted, but take no time of their own. */
enum sark_figure {
	SARK_FIGURE_TOKEN_HIT, /* the cache of verified tokens knew it */
	SARK_FIGURE_TOKEN_MISS,
	SARK_FIGURE_STANDING_HIT, /* Redis remembers what counts of him */
	SARK_FIGURE_STANDING_MISS,
	SARK_FIGURE_FACTS_HIT, /* tool and server from the cache */
	SARK_FIGURE_FACTS_MISS,
	SARK_FIGURES
};

/* Who is told; any may be NULL. */
struct sark_watcher {
	void (*ended)(void *arg, const struct sark_span *span);
	void (*figure)(void *arg, enum sark_figure figure);
	/* A sampled request is over; len bytes of record count. */
	void (*finished)(
	    void *arg, const struct sark_trace_record *record, size_t len);
	void *arg;
};

/* Which requests are sampled. */
struct sark_sampling {
	double ratio; /* of those without a parent, 0 .. 1 */
	/*
	 * Requests a second that are sampled because their caller's are;
	 * what is beyond falls under the ratio.
	 */
	int64_t callers_rate;
};

/* Whom a request came from: a valid traceparent header. */
struct sark_trace_parent {
	unsigned char trace[16];
	uint64_t span;
	bool sampled;
};

/* How a request ended.  Strings are lent. */
struct sark_trace_end {
	const char *method;
	const char *route; /* its pattern, NULL without */
	const char *path;
	int status;
	bool https;
	enum sark_code code;
};

/* The watcher is copied; program is lent. */
struct sark_tracer *sark_tracer_new(void *ctx, const char *program,
    const struct sark_sampling *sampling, const struct sark_watcher *watcher)
    SARK_NONNULL(2, 3, 4) __attribute__((returns_nonnull));

/*
 * All of the following do nothing without a tracer (NULL).
 *
 * A request came, at start_ns (monotonic) which is wall_ns since the epoch.
 * It is sampled where its parent is (callers_rate) or by chance (ratio), but
 * never with a parent that is not; without one parent is NULL.
 * Returns whether.
 */
bool sark_trace_begin(struct sark_tracer *tracer,
    const struct sark_trace_parent *parent, int64_t start_ns, int64_t wall_ns);
/* It is answered. */
void sark_trace_end(struct sark_tracer *tracer,
    const struct sark_trace_end *end) SARK_NONNULL(2);
/* The traceparent for whom we call on behalf of a sampled request, or -1. */
int sark_trace_parent(const struct sark_tracer *tracer,
    char out[SARK_TRACEPARENT_TEXT]) SARK_CHECKED;

/* Spans nest: the one begun last ends first. */
void sark_span_begin(struct sark_tracer *tracer, struct sark_span *span,
    enum sark_span_kind kind, const char *name) SARK_NONNULL(2, 4);
/* error is "" for one that went well. */
void sark_span_end(struct sark_tracer *tracer, struct sark_span *span,
    const char *error) SARK_NONNULL(2, 3);

void sark_figure_add(struct sark_tracer *tracer, enum sark_figure figure);

#endif
