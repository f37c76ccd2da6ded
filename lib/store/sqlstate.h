#ifndef SARK_STORE_SQLSTATE_H
#define SARK_STORE_SQLSTATE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/code.h"

#define SARK_SQLSTATE_TEXT 6

/* What an SQLSTATE (ISO 9075, five characters) of the server means here. */
enum sark_code sark_sqlstate_code(const char *sqlstate) SARK_NONNULL(1);
/* The statement may simply be run again: serialisation failure, deadlock. */
bool sark_sqlstate_again(const char *sqlstate) SARK_NONNULL(1);
/* The server no longer knows the statement as it was prepared. */
bool sark_sqlstate_stale(const char *sqlstate) SARK_NONNULL(1);

#endif
