#include "base/mem.h"

#include <stdarg.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

void
sark_mem_exhausted(void)
{
	static const char line[] = "sark: out of memory\n";

	if (write(STDERR_FILENO, line, sizeof(line) - 1) == -1)
		_exit(EX_OSERR);
	_exit(EX_OSERR);
}

void *
sark_mem_check(void *p)
{
	if (p == NULL)
		sark_mem_exhausted();
	return p;
}

char *
sark_strdup(const void *ctx, const char *s)
{
	return sark_mem_check(talloc_strdup(ctx, s));
}

char *
sark_strndup(const void *ctx, const char *s, size_t n)
{
	return sark_mem_check(talloc_strndup(ctx, s, n));
}

char *
sark_format(const void *ctx, const char *format, ...)
{
	va_list ap;
	char *s;

	va_start(ap, format);
	s = talloc_vasprintf(ctx, format, ap);
	va_end(ap);
	return sark_mem_check(s);
}

void *
sark_memdup(const void *ctx, const void *p, size_t n)
{
	char *copy;

	copy = sark_mem_check(talloc_size(ctx, n + 1));
	memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}
