#include "trace/headers.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define FILE_MAX    16384
#define HEADERS_MAX 32

/* A token, a colon, and a value of printable ASCII that is not empty. */
static bool
well_formed(const char *line)
{
	size_t n = strspn(line,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789!#$%&'*+-.^_`|~");
	const char *p;

	if (n == 0 || line[n] != ':')
		return false;
	for (p = line + n + 1; *p != '\0'; p++)
		if ((*p < 0x20 && *p != '\t') || *p > 0x7e)
			return false;
	return line[n + 1 + strspn(line + n + 1, " \t")] != '\0';
}

int
sark_trace_headers_read(void *ctx, const char *path,
    const char *const **headers_r, struct sark_err *err)
{
	const char **headers =
	    sark_new_array(ctx, const char *, HEADERS_MAX + 1);
	char *text, *line, *rest;
	size_t len, n = 0;
	int number = 0;

	*headers_r = headers;
	if (*path == '\0')
		return 0;
	if (sark_file_read_secret(ctx, path, FILE_MAX, &text, &len, err) == -1)
		return -1;
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;) {
		number++;
		if (*line == '\0' || *line == '#')
			continue;
		if (!well_formed(line))
			return sark_err_set(err, SARK_CONFIG,
			    "%s:%d: no \"Name: value\"", path, number);
		if (n == HEADERS_MAX)
			return sark_err_set(err, SARK_CONFIG,
			    "%s:%d: too many headers", path, number);
		headers[n++] = line;
	}
	return 0;
}
