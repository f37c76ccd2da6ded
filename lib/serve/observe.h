#ifndef SARK_SERVE_OBSERVE_H
#define SARK_SERVE_OBSERVE_H

#include <stdint.h>

#include "base/attr.h"
#include "http/route.h"
#include "proc/metrics.h"

/*
 * Counts a program's answers:
 *	sark_requests_total{program,route,method,status}
 *	sark_request_duration_seconds{program,route}
 * What matched no route is route "none".
 */
struct sark_observer;

/* The slots of all routes (ended by { 0 }), found once. */
struct sark_observer *sark_observer_new(void *ctx, struct sark_metrics *metrics,
    const char *program, const struct sark_route *routes) SARK_NONNULL(2, 3, 4)
    __attribute__((returns_nonnull));
/* An answer; route is an index in routes or -1. */
void sark_observer_add(
    void *observer, int route, int status, int64_t duration_ns) SARK_NONNULL(1);

#endif
