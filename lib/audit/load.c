#include "audit/load.h"

#include <string.h>

#include "audit/folder.h"
#include "audit/load_segment.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/audit_load.h"

/* A segment as the last pass left it. */
struct seen {
	const char *name;
	int64_t position;
	bool skipped; /* and said so */
};

struct sark_load {
	struct sark_load_options options;
	char *chunk;
	struct seen *seen; /* in the order of names */
	size_t nseen;
};

struct sark_load *
sark_load_new(void *ctx, const struct sark_load_options *options)
{
	struct sark_load *load = sark_new(ctx, struct sark_load);

	load->options = *options;
	load->chunk = sark_new_array(load, char, SARK_LOAD_CHUNK);
	return load;
}

int
sark_load_prepare(struct sark_load *load, struct sark_err *err)
{
	if (load->options.dry_run)
		return 0;
	sark_folder_sweep(load->options.dir);
	if (sark_audit_load_partitions(load->options.pg, err) == -1)
		return -1;
	return sark_spool_cursor_sweep(load->options.pg, err);
}

static const struct seen *
find_seen(const struct sark_load *load, const char *name)
{
	size_t low = 0, high = load->nseen, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(load->seen[middle].name, name);
		if (order == 0)
			return &load->seen[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void
forget_seen(struct sark_load *load)
{
	TALLOC_FREE(load->seen);
	load->nseen = 0;
}

static int
load_segments(struct sark_load *load, const char **names, struct seen *seen,
    struct sark_load_result *result, struct sark_err *err)
{
	struct sark_loading loading;
	const struct seen *last;
	size_t i;

	for (i = 0; names[i] != NULL; i++) {
		memset(&loading, 0, sizeof(loading));
		loading.options = &load->options;
		loading.chunk = load->chunk;
		loading.result = result;
		loading.name = names[i];
		last = find_seen(load, names[i]);
		loading.position = last != NULL ? last->position : -1;
		loading.quiet = last != NULL && last->skipped;
		if (*load->options.stop == 0 &&
		    sark_load_segment(&loading, err) == -1)
			return -1;
		seen[i].name = names[i];
		seen[i].position = loading.position;
		seen[i].skipped = loading.skipped;
	}
	return 0;
}

/* Events of transactions, which only wait for their numbers. */
static int
number_waiting(struct sark_load *load, struct sark_load_result *result,
    struct sark_err *err)
{
	static const char *const none[] = { NULL };
	struct sark_tx tx;
	int64_t n = 1;
	int found, ret = -1;

	found = sark_audit_load_waiting(load->options.pg, err);
	if (found < 1 || load->options.dry_run)
		return found == -1 ? -1 : 0;
	while (n > 0 && *load->options.stop == 0) {
		if (sark_tx_begin(&tx, load->options.pg, err) == -1)
			return -1;
		if (sark_audit_load_lock(&tx, err) == -1)
			goto out;
		n = sark_audit_load_number(&tx, none, none, err);
		if (n == -1 || sark_tx_commit(&tx, err) == -1)
			goto out;
		sark_tx_end(&tx);
		result->numbered += n;
	}
	return 0;
out:
	sark_tx_end(&tx);
	return ret;
}

int
sark_load_pass(struct sark_load *load, struct sark_load_result *result,
    struct sark_err *err)
{
	const char **names;
	struct seen *seen;
	size_t n = 0;

	if (sark_folder_list(load, load->options.dir, &names, err) == -1)
		return -1;
	while (names[n] != NULL)
		n++;
	seen = sark_new_array(load, struct seen, n + 1);
	talloc_steal(seen, names);
	if (load_segments(load, names, seen, result, err) == -1 ||
	    number_waiting(load, result, err) == -1) {
		/* What we believe to have stored may not be. */
		talloc_free(seen);
		forget_seen(load);
		return -1;
	}
	forget_seen(load);
	load->seen = seen;
	load->nseen = n;
	return 0;
}
