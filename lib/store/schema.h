#ifndef SARK_STORE_SCHEMA_H
#define SARK_STORE_SCHEMA_H

#include "base/attr.h"
#include "base/err.h"

struct sark_pg;

/* The newest migration in sql/deploy: what these programs are made for. */
#define SARK_SCHEMA_VERSION 17

/*
 * Whether the schema is one that this program works with: its own, or a newer
 * one whose every later migration says that this program's suits it.
 * Errors: CONFIG with both versions and what to do, those of pg.h.
 */
int sark_schema_check(struct sark_pg *pg, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
