#ifndef SARK_BIN_PSQL_H
#define SARK_BIN_PSQL_H

#include "base/attr.h"
#include "base/err.h"

/* A variable of psql(1): :name in the files. */
struct psql_variable {
	const char *name;
	const char *value;
};
/* Files that belong together. */
struct psql_script {
	const char *conninfo;
	const char *const *files; /* run in this order, ended by NULL */
	const struct psql_variable *variables; /* ended by a NULL name */
};

/*
 * Runs the files in one transaction: all of it happened, or nothing.
 * psql says on standard error what went wrong, with file and line.
 * Errors: CONFIG no psql, or a password in conninfo, which everybody on the
 * machine could read; UNAVAILABLE no connection; UNCERTAIN it was killed;
 * INTERNAL a statement failed.
 */
int psql_run(const struct psql_script *script, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
