#ifndef SARK_PROC_EXPOSITION_H
#define SARK_PROC_EXPOSITION_H

#include "base/attr.h"
#include "base/buf.h"
#include "proc/metrics.h"

#define SARK_EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

/*
 * Every metric in the Prometheus text format 0.0.4: families in order of
 * their name with HELP and TYPE, histograms cumulative, buckets ascending.
 */
void sark_exposition_print(const struct sark_metrics *metrics,
    struct sark_buf *out) SARK_NONNULL(1, 2);

#endif
