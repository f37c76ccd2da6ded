#include "base/uuid.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

#define POOL_BYTES 256
/* A clock that is put back by more was wrong before. */
#define PUT_BACK_MS 60000

void
sark_random(void *out, size_t n)
{
	static const char line[] = "sark: no random bytes from the kernel\n";
	unsigned char *p = out;
	ssize_t got;

	while (n > 0) {
		got = getrandom(p, n, 0);
		if (got <= 0) {
			if (got == -1 && errno == EINTR)
				continue;
			if (write(STDERR_FILENO, line, sizeof(line) - 1) == -1)
				_exit(EX_OSERR);
			_exit(EX_OSERR);
		}
		p += got;
		n -= (size_t)got;
	}
}

/* Bytes of the pool that were not handed out. */
static size_t left;

static void
forget_pool(void)
{
	left = 0;
}

/*
 * Random bytes for ids, fetched many at a time.  A forked child must not
 * hand out its parent's bytes: it begins with none.
 */
static void
pooled(unsigned char *out, size_t n)
{
	static unsigned char pool[POOL_BYTES];
	static bool guarded;

	if (!guarded)
		guarded = pthread_atfork(NULL, NULL, forget_pool) == 0;
	if (!guarded || left < n) {
		sark_random(pool, sizeof(pool));
		left = sizeof(pool);
	}
	left -= n;
	memcpy(out, pool + left, n);
	memset(pool + left, 0, n);
}

/*
 * Time in ms and a 12-bit counter within it, ascending for this process
 * (RFC 9562 section 6.2, method 1); a full counter borrows the next ms.  A
 * clock that is corrected far back is followed: the time of an event is in
 * its id, and must not stay in the future for as long as we live.
 */
static void
ascend(int64_t *ms_r, unsigned int *count_r)
{
	static int64_t last;
	static unsigned int count;
	int64_t now = sark_clock_ms();

	if (now > last || last - now > PUT_BACK_MS) {
		last = now;
		count = 0;
	} else if (++count > 0xfff) {
		last++;
		count = 0;
	}
	*ms_r = last;
	*count_r = count;
}

void
sark_uuid_make(char out[SARK_UUID_TEXT])
{
	unsigned char id[16];
	char hex[33];
	unsigned int count;
	int64_t ms;
	int i;

	ascend(&ms, &count);
	pooled(id + 8, 8);
	for (i = 0; i < 6; i++)
		id[i] = (unsigned char)(ms >> (40 - 8 * i));
	id[6] = (unsigned char)(0x70 | (count >> 8));
	id[7] = (unsigned char)count;
	id[8] = (unsigned char)(0x80 | (id[8] & 0x3f));
	sark_str_hex(hex, id, sizeof(id));
	memcpy(out, hex, 8);
	memcpy(out + 9, hex + 8, 4);
	memcpy(out + 14, hex + 12, 4);
	memcpy(out + 19, hex + 16, 4);
	memcpy(out + 24, hex + 20, 12);
	out[8] = out[13] = out[18] = out[23] = '-';
	out[36] = '\0';
}

bool
sark_uuid_valid(const char *s)
{
	int i;

	for (i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-'
			 : !((s[i] >= '0' && s[i] <= '9') ||
			       (s[i] >= 'a' && s[i] <= 'f')))
			return false;
	}
	return s[36] == '\0';
}

int64_t
sark_uuid_ms(const char *s)
{
	int64_t ms = 0;
	int i;

	for (i = 0; i < 13; i++) {
		if (s[i] == '-')
			continue;
		ms = ms * 16 + (s[i] <= '9' ? s[i] - '0' : s[i] - 'a' + 10);
	}
	return ms;
}
