#ifndef SARK_STORE_ROWS_H
#define SARK_STORE_ROWS_H

#include <stddef.h>

/*
 * The rows of an answer, copied out of the driver's memory: filled by pg.c,
 * read through the calls of pg.h.  cells has count * columns texts, row by
 * row; NULL is SQL NULL.
 */
struct sark_rows {
	size_t count;
	size_t columns;
	const char **cells;
};

#endif
