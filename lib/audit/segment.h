#ifndef SARK_AUDIT_SEGMENT_H
#define SARK_AUDIT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * The inside of a spool segment, sark-spool(5): a header line, then one line
 * a record.  Nothing here touches a file.
 *
 *	SARK-SPOOL 1 sark-policy
 *	S1 <bytes of the JSON> <16 hex digits of its SHA-256> <JSON>
 */

/* Longest record, bytes of JSON. */
#define SARK_SEGMENT_RECORD_MAX ((size_t)256 * 1024)
/* Longest line with its newline. */
#define SARK_SEGMENT_LINE_MAX (SARK_SEGMENT_RECORD_MAX + 64)

/* Adds the header line of a segment. */
void sark_segment_header(struct sark_buf *out, const char *program)
    SARK_NONNULL(1, 2);
/*
 * Adds a record's line.  Returns 0, or -1 and nothing is added: the record
 * is too long or has a newline.
 */
int sark_segment_frame(struct sark_buf *out, const char *record, size_t len)
    SARK_NONNULL(1, 2) SARK_CHECKED;

enum sark_segment_kind {
	SARK_SEGMENT_RECORD,
	SARK_SEGMENT_HEADER,
	SARK_SEGMENT_BAD,     /* whole, but damaged */
	SARK_SEGMENT_FOREIGN, /* header of a format we do not know */
	SARK_SEGMENT_PARTIAL, /* its end is not there (yet) */
};

/* What stands at the beginning of some bytes of a segment. */
struct sark_segment_line {
	size_t size;	    /* with its newline; 0 if PARTIAL */
	const char *record; /* of a RECORD: the JSON, lent */
	size_t len;	    /* of a RECORD: bytes of JSON */
	const char *reason; /* of a BAD one, a constant */
};

/*
 * Reads the line at data, of which len bytes are there; start says that data
 * is the beginning of the segment.  A line longer than SARK_SEGMENT_LINE_MAX
 * is BAD as far as it is there.
 */
enum sark_segment_kind sark_segment_next(const char *data, size_t len,
    bool start, struct sark_segment_line *line_r) SARK_NONNULL(1, 4);

#endif
