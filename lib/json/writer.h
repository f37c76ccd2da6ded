#ifndef SARK_JSON_WRITER_H
#define SARK_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * Writes JSON into a buffer, commas and escapes included:
 *
 *	sark_jw_open(&jw, NULL, '{');
 *	sark_jw_str(&jw, "name", name);
 *	sark_jw_open(&jw, "roles", '[');
 *	sark_jw_str(&jw, NULL, role);
 *	sark_jw_close(&jw);
 *	sark_jw_close(&jw);
 *
 * name is NULL for an element of an array and for the top value.  Invalid
 * UTF-8 in a string becomes U+FFFD.  Depth at most 32.
 */
struct sark_jw {
	struct sark_buf *buf;
	char close[32];
	unsigned int depth;
	bool first;
};

void sark_jw_init(struct sark_jw *jw, struct sark_buf *buf) SARK_NONNULL(1, 2);
void sark_jw_open(struct sark_jw *jw, const char *name, char bracket)
    SARK_NONNULL(1);
void sark_jw_close(struct sark_jw *jw) SARK_NONNULL(1);
/* A NULL value is written as null. */
void sark_jw_str(struct sark_jw *jw, const char *name, const char *value)
    SARK_NONNULL(1);
void sark_jw_strn(struct sark_jw *jw, const char *name, const char *value,
    size_t len) SARK_NONNULL(1, 3);
void sark_jw_int(struct sark_jw *jw, const char *name, int64_t value)
    SARK_NONNULL(1);
void sark_jw_double(struct sark_jw *jw, const char *name, double value)
    SARK_NONNULL(1);
void sark_jw_bool(struct sark_jw *jw, const char *name, bool value)
    SARK_NONNULL(1);
void sark_jw_null(struct sark_jw *jw, const char *name) SARK_NONNULL(1);
/* RFC 3339 UTC of milliseconds; 0 is written as null. */
void sark_jw_time(struct sark_jw *jw, const char *name, int64_t ms)
    SARK_NONNULL(1);
/* A NULL-terminated list as an array; a NULL list is []. */
void sark_jw_list(struct sark_jw *jw, const char *name, const char *const *list)
    SARK_NONNULL(1);
/* text is JSON already: our own, or a strict reader's sark_json_text. */
void sark_jw_raw(struct sark_jw *jw, const char *name, const char *text,
    size_t len) SARK_NONNULL(1, 3);

#endif
