#ifndef SARK_STORE_REPORT_H
#define SARK_STORE_REPORT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/wire.h"

/*
 * The one place where the end of an exchange with PostgreSQL becomes an
 * error.  what names the statement; commits says that it ended in a commit,
 * so that a lost or late answer is UNCERTAIN.  Returns 0 for DONE, else -1.
 */
int sark_pg_report(const struct sark_pg *pg, enum sark_wire end,
    const char *what, bool commits, struct sark_err *err)
    SARK_NONNULL(1, 3, 5) SARK_CHECKED;
/* The same in a word for metrics and spans: "" for DONE, else the SQLSTATE or
 * how the exchange ended.  Lent until the next exchange. */
const char *sark_wire_word(const struct sark_pg *pg, enum sark_wire end)
    SARK_NONNULL(1) __attribute__((returns_nonnull));

#endif
