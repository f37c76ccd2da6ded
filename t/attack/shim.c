/*
 * Preloaded into a program of ours by t/attack/cfg.t, it makes what hardly
 * ever fails fail:
 *
 *	SARK_SHIM_RANDOM=FILE	getrandom(2), while the file is there
 *	SARK_SHIM_MALLOC=N	the Nth allocation, from 1
 *	SARK_SHIM_COUNT=FILE	how many allocations there were, at the end
 *
 * The shell that libtool puts before a program is left alone.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the C library calls its own allocator. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static char random_file[256], count_file[256];
static long fail_at, count;

static void
take(char *out, size_t size, const char *name)
{
	const char *value = getenv(name);

	if (value != NULL && strlen(value) < size)
		memcpy(out, value, strlen(value) + 1);
}

/* The environment is gone when it is asked for. */
__attribute__((constructor)) static void
begin(void)
{
	const char *name = program_invocation_short_name, *n;

	if (strncmp(name, "sark", 4) != 0 && strncmp(name, "lt-sark", 7) != 0)
		return;
	take(random_file, sizeof(random_file), "SARK_SHIM_RANDOM");
	take(count_file, sizeof(count_file), "SARK_SHIM_COUNT");
	n = getenv("SARK_SHIM_MALLOC");
	if (n != NULL)
		fail_at = strtol(n, NULL, 10);
	count = 0;
}

__attribute__((destructor)) static void
end(void)
{
	FILE *out = *count_file != '\0' ? fopen(count_file, "w") : NULL;

	if (out == NULL)
		return;
	fprintf(out, "%ld\n", count);
	fclose(out);
}

static int
fails(void)
{
	if (++count != fail_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

ssize_t
getrandom(void *out, size_t n, unsigned int flags)
{
	if (*random_file != '\0' && access(random_file, F_OK) == 0) {
		errno = ENOSYS;
		return -1;
	}
	return syscall(SYS_getrandom, out, n, flags);
}
