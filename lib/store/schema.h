#ifndef SARK_STORE_SCHEMA_H
#define SARK_STORE_SCHEMA_H

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;

/* The newest migration in sql/deploy: what these programs are made for. */
#define SARK_SCHEMA_VERSION 7

/*
 * Whether the schema is the one of this program: neither older nor newer.
 * Errors: CONFIG with both versions and what to do, those of pg.h.
 */
int sark_schema_check(struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
