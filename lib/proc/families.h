#ifndef SARK_PROC_FAMILIES_H
#define SARK_PROC_FAMILIES_H

#include <stddef.h>

#include "base/attr.h"

/*
 * What each metric is, for people and for Prometheus: one row a family, in
 * families.c, which sark-status(8) documents.  Whoever counts something new
 * adds its row; a test refuses a metric without one.
 */
struct sark_family {
	const char *name;
	const char *type; /* "counter", "gauge", "histogram" */
	const char *help; /* one line without backslash */
};

/* The table, ended by a row without a name. */
extern const struct sark_family sark_families[];

/* The family with this name of len bytes, or NULL. */
const struct sark_family *sark_family_named(const char *name, size_t len)
    SARK_NONNULL(1);

#endif
