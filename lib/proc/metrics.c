#include "proc/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

/* "SARKMET" and the version of the layout below. */
#define MAGIC UINT64_C(0x5341524b4d455401)

enum { SLOT_FREE, SLOT_CLAIMED, SLOT_READY };

struct sark_metric {
	_Atomic int64_t value;
	_Atomic uint32_t state;
	uint32_t spare;
	char name[SARK_METRIC_NAME_MAX + 1];
};
_Static_assert(sizeof(struct sark_metric) == 192, "layout of a slot");

/* The file as it lies in memory. */
struct shared {
	_Atomic uint64_t magic;
	_Atomic int64_t lost;
	char spare[176];
	struct sark_metric slots[SARK_METRIC_SLOTS];
};

struct sark_metrics {
	struct shared *shared;
	struct sark_metric nowhere; /* this process's own */
};

static int
unmap(struct sark_metrics *metrics)
{
	munmap(metrics->shared, sizeof(*metrics->shared));
	return 0;
}

static int
open_file(const char *path, struct sark_err *err)
{
	mode_t mask = umask(0007);
	struct stat st;
	int fd;

	fd = open(
	    path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0660);
	umask(mask);
	if (fd == -1 || fstat(fd, &st) == -1)
		goto failed;
	if (!S_ISREG(st.st_mode)) {
		sark_err_set(err, SARK_CONFIG, "%s: not a regular file", path);
		goto out;
	}
	/* Growing an empty file twice, by two who start at once, is harmless. */
	if (st.st_size == 0 && ftruncate(fd, sizeof(struct shared)) == -1)
		goto failed;
	if (st.st_size != 0 && st.st_size != sizeof(struct shared)) {
		sark_err_set(err, SARK_CONFIG,
		    "%s: of another version: stop all programs, remove it",
		    path);
		goto out;
	}
	return fd;
failed:
	sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
out:
	if (fd != -1)
		close(fd);
	return -1;
}

int
sark_metrics_open(void *ctx, const char *path, struct sark_metrics **metrics_r,
    struct sark_err *err)
{
	struct sark_metrics *metrics;
	struct shared *shared;
	uint64_t magic = 0;
	int fd;

	if ((fd = open_file(path, err)) == -1)
		return -1;
	shared = mmap(
	    NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	if (!atomic_compare_exchange_strong(&shared->magic, &magic, MAGIC) &&
	    magic != MAGIC) {
		munmap(shared, sizeof(*shared));
		return sark_err_set(err, SARK_CONFIG,
		    "%s: of another version: stop all programs, remove it",
		    path);
	}
	metrics = sark_new(ctx, struct sark_metrics);
	metrics->shared = shared;
	talloc_set_destructor(metrics, unmap);
	*metrics_r = metrics;
	return 0;
}

/* FNV-1a: names are few and our own. */
static uint32_t
hash(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

/*
 * Whether the slot is ours, claiming a free one.  A slot that stays claimed
 * is of a process that died while it wrote the name: it is passed over.
 */
static bool
take(struct sark_metric *slot, const char *name, size_t len)
{
	const struct timespec moment = { 0, 100000 };
	uint32_t state = atomic_load(&slot->state);
	int patience;

	if (state == SLOT_FREE &&
	    atomic_compare_exchange_strong(
		&slot->state, &state, SLOT_CLAIMED)) {
		memcpy(slot->name, name, len + 1);
		atomic_store(&slot->state, SLOT_READY);
		return true;
	}
	for (patience = 0; state == SLOT_CLAIMED && patience < 50; patience++) {
		nanosleep(&moment, NULL);
		state = atomic_load(&slot->state);
	}
	return state == SLOT_READY && memcmp(slot->name, name, len + 1) == 0;
}

/* One line of printable ASCII: what a scrape can carry. */
static bool
printable(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name < 0x20 || *name > 0x7e)
			return false;
	return true;
}

struct sark_metric *
sark_metric_of(struct sark_metrics *metrics, const char *name)
{
	struct sark_metric *slots = metrics->shared->slots;
	size_t len = strlen(name);
	uint32_t i, start = hash(name);

	if (len <= SARK_METRIC_NAME_MAX && printable(name))
		for (i = 0; i < SARK_METRIC_SLOTS; i++) {
			uint32_t at = (start + i) % SARK_METRIC_SLOTS;

			if (take(&slots[at], name, len))
				return &slots[at];
		}
	atomic_fetch_add(&metrics->shared->lost, 1);
	return &metrics->nowhere;
}

void
sark_metric_add(struct sark_metric *metric, int64_t n)
{
	atomic_fetch_add_explicit(&metric->value, n, memory_order_relaxed);
}

void
sark_metric_set(struct sark_metric *metric, int64_t value)
{
	atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

int64_t
sark_metric_get(const struct sark_metric *metric)
{
	return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

size_t
sark_metrics_read(const struct sark_metrics *metrics, void *ctx,
    struct sark_metric_value **values_r)
{
	const struct shared *shared = metrics->shared;
	struct sark_metric_value *values;
	size_t i, n = 0;

	values = sark_new_array(
	    ctx, struct sark_metric_value, SARK_METRIC_SLOTS + 1);
	for (i = 0; i < SARK_METRIC_SLOTS; i++) {
		const struct sark_metric *slot = &shared->slots[i];

		if (atomic_load(&slot->state) != SLOT_READY)
			continue;
		values[n].name = slot->name;
		values[n++].value = sark_metric_get(slot);
	}
	values[n].name = "sark_metric_lost_total";
	values[n++].value = atomic_load(&shared->lost);
	*values_r = values;
	return n;
}
