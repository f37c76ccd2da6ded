#include "config.h"

#include "crypto/hash_slots.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* Nobody can wait for any of several locks: so one looks again. */
#define LOOK_NS 2000000

struct sark_hash_slots {
	int fd;
	int64_t count, wait_ms;
	int64_t taken; /* -1: none */
};

static int
close_file(struct sark_hash_slots *slots)
{
	close(slots->fd);
	return 0;
}

int
sark_hash_slots_open(void *ctx, const char *path, int64_t count,
    int64_t wait_ms, struct sark_hash_slots **slots_r, struct sark_err *err)
{
	struct sark_hash_slots *slots = sark_new(ctx, struct sark_hash_slots);

	slots->count = count;
	slots->wait_ms = wait_ms;
	slots->taken = -1;
	slots->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (slots->fd == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		talloc_free(slots);
		return -1;
	}
	talloc_set_destructor(slots, close_file);
	*slots_r = slots;
	return 0;
}

static int
lock_byte(const struct sark_hash_slots *slots, short type, int64_t at)
{
	struct flock lock = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)at,
		.l_len = 1 };

	return fcntl(slots->fd, F_OFD_SETLK, &lock);
}

int
sark_hash_slots_take(struct sark_hash_slots *slots, struct sark_err *err)
{
	const struct timespec look = { 0, LOOK_NS };
	int64_t i, until;

	if (slots == NULL)
		return 0;
	until = sark_clock_mono_ns() + slots->wait_ms * 1000000;
	do {
		for (i = 0; i < slots->count; i++) {
			if (lock_byte(slots, F_WRLCK, i) == 0) {
				slots->taken = i;
				return 0;
			}
			if (errno != EAGAIN && errno != EACCES)
				return sark_err_set(err, SARK_INTERNAL,
				    "hash slot: %s", strerror(errno));
		}
		nanosleep(&look, NULL);
	} while (sark_clock_mono_ns() < until);
	return sark_err_set(
	    err, SARK_OVERLOADED, "too many passwords are being hashed");
}

void
sark_hash_slots_give(struct sark_hash_slots *slots)
{
	if (slots == NULL || slots->taken == -1)
		return;
	/* A lock of one's own is always given back. */
	if (lock_byte(slots, F_UNLCK, slots->taken) == 0)
		slots->taken = -1;
}
