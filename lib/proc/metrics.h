#ifndef SARK_PROC_METRICS_H
#define SARK_PROC_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * Counters and gauges of all workers of all programs, in one shared-memory
 * file (run_dir/metrics) of fixed slots.  A slot is found or claimed by its
 * full name, labels included; the number of slots bounds the cardinality:
 * a name that finds none is counted in sark_metric_lost_total.  Adding is
 * one atomic instruction; values survive the death of their worker and go
 * with the folder, at the latest when the machine starts again.
 *
 * Names are those of the Prometheus text format; what kind of metric it is
 * and its help stand in families.c.  A name whose family ends in _seconds
 * or _seconds_total holds nanoseconds and is shown in seconds.
 */
struct sark_metrics;
struct sark_metric; /* a slot in the shared memory */

/* Longest full name, in bytes. */
#define SARK_METRIC_NAME_MAX 175
/* Names there is room for. */
#define SARK_METRIC_SLOTS 4096

/*
 * Maps the file, makes it if needed (mode 0660; never through a symbolic
 * link).  Errors: CONFIG it cannot be made, or is of another layout.
 */
int sark_metrics_open(void *ctx, const char *path,
    struct sark_metrics **metrics_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * The slot of name, e.g. "sark_requests_total{program=\"sark-policy\"}";
 * never NULL: without a slot one that goes nowhere.  Keep the pointer.
 */
struct sark_metric *sark_metric_of(struct sark_metrics *metrics,
    const char *name) SARK_NONNULL(1, 2) __attribute__((returns_nonnull));
void sark_metric_add(struct sark_metric *metric, int64_t n) SARK_NONNULL(1);
void sark_metric_set(struct sark_metric *metric, int64_t value) SARK_NONNULL(1);
int64_t sark_metric_get(const struct sark_metric *metric) SARK_NONNULL(1);

/* A slot as it was at one moment; the name is lent by the shared memory. */
struct sark_metric_value {
	const char *name;
	int64_t value;
};
/*
 * Every slot in use, and the count of lost names, in no order.
 * values_r is an array on ctx; returns its length.
 */
size_t sark_metrics_read(const struct sark_metrics *metrics, void *ctx,
    struct sark_metric_value **values_r) SARK_NONNULL(1, 3);

#endif
