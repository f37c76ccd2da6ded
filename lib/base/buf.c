#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 256

void
sark_buf_init(struct sark_buf *buf, const void *ctx)
{
	/* talloc takes its parents as const; the buffer only hands it on. */
	memcpy(&buf->ctx, &ctx, sizeof(buf->ctx));
	buf->data = sark_mem_check(talloc_size(ctx, FIRST_SIZE));
	buf->data[0] = '\0';
	buf->len = 0;
	buf->size = FIRST_SIZE;
}

void
sark_buf_reset(struct sark_buf *buf)
{
	buf->len = 0;
	buf->data[0] = '\0';
}

char *
sark_buf_room(struct sark_buf *buf, size_t n)
{
	size_t size = buf->size;

	if (n > SIZE_MAX / 4 - buf->len)
		sark_mem_exhausted();
	while (size < buf->len + n + 1)
		size *= 2;
	if (size != buf->size) {
		buf->data = sark_mem_check(
		    talloc_realloc_size(buf->ctx, buf->data, size));
		buf->size = size;
	}
	return buf->data + buf->len;
}

void
sark_buf_add(struct sark_buf *buf, const void *data, size_t len)
{
	char *room = sark_buf_room(buf, len);

	if (len > 0)
		memcpy(room, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
sark_buf_str(struct sark_buf *buf, const char *s)
{
	sark_buf_add(buf, s, strlen(s));
}

void
sark_buf_char(struct sark_buf *buf, char c)
{
	sark_buf_add(buf, &c, 1);
}

void
sark_buf_format(struct sark_buf *buf, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n > 0) {
		vsnprintf(sark_buf_room(buf, (size_t)n), (size_t)n + 1, format,
		    again);
		buf->len += (size_t)n;
	}
	va_end(again);
}
