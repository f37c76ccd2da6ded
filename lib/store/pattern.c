#include "store/pattern.h"

#include <stddef.h>

#include "base/buf.h"

const char *
sark_pattern_containing(void *ctx, const char *text)
{
	struct sark_buf pattern;

	if (text == NULL)
		return NULL;
	sark_buf_init(&pattern, ctx);
	sark_buf_char(&pattern, '%');
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '_' || *text == '\\')
			sark_buf_char(&pattern, '\\');
		sark_buf_char(&pattern, *text);
	}
	sark_buf_char(&pattern, '%');
	return pattern.data;
}
