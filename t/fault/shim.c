/*
 * Loaded by LD_PRELOAD into the programs under fault.
 *
 *	SARK_SHIM_CLOCK=FILE	seconds, a line of text that may change at any
 *				time, that the clock of the day is ahead
 *	SARK_SHIM_WRITES=1	every second write to a file is cut short, and
 *				every third is interrupted before it begins
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX 64

static const char *ahead = "0";
static int writes;
static atomic_uint turn;

/* Before the environment is scrubbed and the sandbox closed. */
__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("SARK_SHIM_CLOCK");
	void *text;
	int fd;

	writes = getenv("SARK_SHIM_WRITES") != NULL;
	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	text = mmap(NULL, TEXT_MAX, PROT_READ, MAP_SHARED, fd, 0);
	if (text != MAP_FAILED)
		ahead = text;
	close(fd);
}

int
clock_gettime(clockid_t id, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int ret;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	ret = real(id, now);
	if (ret == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		now->tv_sec += strtoll(ahead, NULL, 10);
	return ret;
}

time_t
time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return 0;
}

static int
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	static ssize_t (*real)(int, const void *, size_t);
	unsigned int n;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (!writes || fd == STDERR_FILENO || len < 2 || !is_file(fd))
		return real(fd, data, len);
	n = atomic_fetch_add(&turn, 1);
	if (n % 3 == 2) {
		errno = EINTR;
		return -1;
	}
	return real(fd, data, n % 2 == 1 ? len / 2 : len);
}
