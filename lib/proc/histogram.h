#ifndef SARK_PROC_HISTOGRAM_H
#define SARK_PROC_HISTOGRAM_H

#include <stdint.h>

#include "base/attr.h"
#include "proc/metrics.h"

/*
 * Durations by bucket, as a Prometheus histogram shows them.  A slot holds
 * what fell into its own bucket alone; exposition.c adds them up, so that
 * one duration costs two additions.
 */
#define SARK_HISTOGRAM_BUCKETS 13 /* the last is +Inf */

struct sark_histogram {
	struct sark_metric *buckets[SARK_HISTOGRAM_BUCKETS];
	struct sark_metric *sum;
};

/*
 * The slots of family ("sark_request_duration_seconds") with labels
 * ("program=\"sark-policy\"", may be ""); labels never holds le.
 */
void sark_histogram_init(struct sark_histogram *histogram,
    struct sark_metrics *metrics, const char *family, const char *labels)
    SARK_NONNULL(1, 2, 3, 4);
void sark_histogram_add(const struct sark_histogram *histogram, int64_t ns)
    SARK_NONNULL(1);

#endif
