#ifndef SARK_BASE_BUF_H
#define SARK_BASE_BUF_H

#include <stddef.h>

#include "base/attr.h"

/*
 * A growing byte buffer on a talloc context.  data is always followed by a
 * NUL that does not count in len.  Freed with its context.
 */
struct sark_buf {
	void *ctx;
	char *data;
	size_t len;
	size_t size;
};

void sark_buf_init(struct sark_buf *buf, const void *ctx) SARK_NONNULL(1);
/* Empties it, keeps the memory. */
void sark_buf_reset(struct sark_buf *buf) SARK_NONNULL(1);
void sark_buf_add(struct sark_buf *buf, const void *data, size_t len)
    SARK_NONNULL(1);
void sark_buf_str(struct sark_buf *buf, const char *s) SARK_NONNULL(1, 2);
void sark_buf_char(struct sark_buf *buf, char c) SARK_NONNULL(1);
void sark_buf_format(struct sark_buf *buf, const char *format, ...)
    SARK_FORMAT(2, 3) SARK_NONNULL(1, 2);
/* Makes room for n more bytes and returns where they go; len is unchanged. */
char *sark_buf_room(struct sark_buf *buf, size_t n) SARK_NONNULL(1);

#endif
