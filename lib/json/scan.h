#ifndef SARK_JSON_SCAN_H
#define SARK_JSON_SCAN_H

#include <stddef.h>

#include "base/attr.h"

/*
 * The grammar of RFC 8259, checked without building anything: one value,
 * white space around it, nothing else.  Refused although the grammar would
 * let it pass: invalid UTF-8, a BOM, \u0000, half of a surrogate pair,
 * integers beyond int64, other numbers that are no finite double or that
 * only a zero is left of, nesting deeper than depth_max.
 * Iterative: the text decides nothing about the depth of the stack.
 */
#define SARK_JSON_SCAN_DEPTH 64

struct sark_json_scan {
	size_t start, end;  /* the value without white space */
	size_t parts;	    /* what a tree of it has: see sark_json_scan */
	size_t offset;	    /* of what is wrong */
	const char *reason; /* what is wrong, a constant */
};

/*
 * depth_max is at most SARK_JSON_SCAN_DEPTH.  0, or -1 with the reason.
 * Parts are the values, once more those that are not null, and the bytes of
 * all strings and names, escapes undone.
 */
int sark_json_scan(const char *text, size_t len, unsigned int depth_max,
    struct sark_json_scan *scan_r) SARK_NONNULL(1, 4) SARK_CHECKED;

#endif
