#ifndef SARKCTL_TABLE_H
#define SARKCTL_TABLE_H

#include "client.h"

/* A column: heading and where its value lies in an item. */
struct column {
	const char *heading;
	const char *pointer;
};

/*
 * Prints items as a table with columns as wide as they need; columns end
 * with { NULL }.  Control characters are shown as '?': what a stranger put
 * into the trail must not reach the terminal.
 */
void table_print(void *ctx, const struct sark_json *items,
    const struct column *columns) SARK_NONNULL(3);
/* One object as lines of "Heading: value". */
void table_print_one(void *ctx, const struct sark_json *item,
    const struct column *columns) SARK_NONNULL(3);
/* One value of an item, safe for a terminal, on ctx. */
const char *table_cell(void *ctx, const struct sark_json *item,
    const char *pointer) SARK_NONNULL(3);
/* The answer as it came, and a newline. */
void table_print_json(const struct sark_http_answer *answer) SARK_NONNULL(1);

#endif
