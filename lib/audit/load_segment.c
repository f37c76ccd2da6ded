#include "audit/load_segment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/batch.h"
#include "audit/row.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/audit_load.h"

/* How the events of a batch are stored. */
enum way {
	BY_COPY,
	ONE_BY_ONE, /* leaving out those that are there */
	NOT_AT_ALL, /* PostgreSQL refuses the one that it holds */
};

static void
say(enum sark_log_level level, const char *event,
    const struct sark_loading *loading, int64_t offset, const char *reason)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, offset);
	sark_log(level, event, "segment", loading->name, "offset", text,
	    "reason", reason, NULL);
}

/* The damaged lines are on the disk before they are passed over. */
static int
keep_bad(const struct sark_loading *loading, const struct sark_batch *batch,
    struct sark_err *err)
{
	struct sark_damage damage = { .segment = loading->name };
	const struct sark_bad_line *bad;
	size_t i;

	for (i = 0; i < batch->nbad; i++) {
		bad = &batch->bad[i];
		damage.offset = loading->position + (int64_t)bad->offset;
		damage.reason = bad->reason;
		damage.line = loading->chunk + bad->offset;
		damage.size = bad->size;
		if (sark_folder_keep(loading->options->dir, &damage, err) == -1)
			return -1;
	}
	return 0;
}

static void
report_bad(const struct sark_loading *loading, const struct sark_batch *batch)
{
	size_t i;

	for (i = 0; i < batch->nbad; i++)
		say(SARK_LOG_ERROR, "spool_record_damaged", loading,
		    loading->position + (int64_t)batch->bad[i].offset,
		    batch->bad[i].reason);
	loading->result->bad += (int64_t)batch->nbad;
}

static int
insert_all(struct sark_tx *tx, const struct sark_batch *batch,
    int64_t *stored_r, struct sark_err *err)
{
	struct sark_audit_row row;
	void *ctx;
	size_t i;
	int n;

	for (i = 0, n = 0; i < batch->count && n != -1; i++) {
		ctx = talloc_new(NULL);
		n = sark_audit_row_from_json(ctx, batch->records[i].json,
		    batch->records[i].len, &row, err);
		if (n == 0)
			n = sark_audit_load_insert(tx, &row, err);
		if (n == 1)
			++*stored_r;
		talloc_free(ctx);
	}
	return n == -1 ? -1 : 0;
}

static int
store_events(struct sark_tx *tx, const struct sark_batch *batch, enum way way,
    int64_t *stored_r, struct sark_err *err)
{
	if (way == NOT_AT_ALL || batch->count == 0)
		return 0;
	if (way == ONE_BY_ONE)
		return insert_all(tx, batch, stored_r, err);
	*stored_r = (int64_t)batch->count;
	return sark_audit_load_copy(tx, &batch->lines, err);
}

/*
 * One transaction: events, numbers, cursor.  Where PostgreSQL has another
 * cursor than we thought, nothing is stored and we go on from there.
 */
static int
store(struct sark_loading *loading, const struct sark_batch *batch,
    enum way way, struct sark_err *err)
{
	static const char *const none[] = { NULL };
	struct sark_spool_cursor cursor;
	struct sark_pg *pg = loading->options->pg;
	int64_t stored = 0, numbered;
	struct sark_tx tx;
	int ret = -1;

	if (sark_tx_begin(&tx, pg, err) == -1)
		return -1;
	if (sark_audit_load_lock(&tx, err) == -1 ||
	    sark_spool_cursor_read(pg, loading->name, &cursor, err) == -1)
		goto out;
	if (cursor.position != loading->position || cursor.done) {
		loading->position = cursor.position;
		loading->done = cursor.done;
		ret = 0;
		goto out;
	}
	if (store_events(&tx, batch, way, &stored, err) == -1)
		goto out;
	SARK_FAILPOINT(load_stored);
	numbered =
	    sark_audit_load_number(&tx, way == BY_COPY ? batch->ids : none,
		way == BY_COPY ? batch->times : none, err);
	SARK_FAILPOINT(load_numbered);
	cursor.position += (int64_t)batch->used;
	if (numbered == -1 ||
	    sark_spool_cursor_write(&tx, loading->name, &cursor, err) == -1)
		goto out;
	SARK_FAILPOINT(load_cursor);
	if (sark_tx_commit(&tx, err) == -1)
		goto out;
	report_bad(loading, batch);
	loading->position = cursor.position;
	loading->result->events += stored;
	loading->result->numbered += numbered;
	if (way == ONE_BY_ONE)
		loading->result->duplicates += (int64_t)batch->count - stored;
	ret = 0;
out:
	sark_tx_end(&tx);
	return ret;
}

/* PostgreSQL takes everything that we let through; if not, keep it. */
static int
pass_over(struct sark_loading *loading, const struct sark_batch *batch,
    const struct sark_err *why, struct sark_err *err)
{
	const struct sark_batch_record *record = &batch->records[0];
	struct sark_damage damage = {
		.segment = loading->name,
		.offset = loading->position + (record->json - loading->chunk),
		.reason = "PostgreSQL refuses it",
		.line = record->json,
		.size = record->len,
	};
	int64_t at = damage.offset;

	if (sark_folder_keep(loading->options->dir, &damage, err) == -1 ||
	    store(loading, batch, NOT_AT_ALL, err) == -1)
		return -1;
	say(SARK_LOG_ERROR, "spool_record_refused", loading, at, why->text);
	loading->result->bad++;
	return 0;
}

static bool
refused(const struct sark_err *err)
{
	return err->code == SARK_BAD_REQUEST || err->code == SARK_INTERNAL;
}

static int
store_somehow(struct sark_loading *loading, const struct sark_batch *batch,
    struct sark_err *err)
{
	struct sark_err why;

	sark_err_init(&why);
	if (store(loading, batch, BY_COPY, &why) == 0)
		return 0;
	if (why.code == SARK_CONFLICT) {
		sark_err_init(&why);
		if (store(loading, batch, ONE_BY_ONE, &why) == 0)
			return 0;
	}
	if (!refused(&why) || batch->count == 0)
		return sark_err_set(err, why.code, "%s", why.text);
	if (batch->count == 1)
		return pass_over(loading, batch, &why, err);
	loading->singly = loading->position + (int64_t)batch->used;
	return 0;
}

static void
count_only(struct sark_loading *loading, const struct sark_batch *batch)
{
	report_bad(loading, batch);
	loading->result->events += (int64_t)batch->count;
	loading->position += (int64_t)batch->used;
}

/* Loads from position what one transaction takes; *more_r: go on. */
static int
load_some(struct sark_loading *loading, bool *more_r, struct sark_err *err)
{
	struct sark_batch *batch;
	ssize_t n;
	int ret = -1;

	*more_r = false;
	n = pread(loading->reading.fd, loading->chunk, SARK_LOAD_CHUNK,
	    loading->position);
	if (n == -1)
		return sark_err_set(err, SARK_UNAVAILABLE, "%s: %s",
		    loading->name, strerror(errno));
	batch = sark_batch_read(NULL, loading->chunk, (size_t)n,
	    loading->position == 0,
	    loading->position < loading->singly ? 1 : SARK_BATCH_EVENTS);
	loading->torn = (int64_t)batch->torn;
	loading->skipped = batch->foreign;
	if (batch->used == 0 || batch->foreign) {
		ret = 0;
		goto out;
	}
	if (loading->options->dry_run) {
		count_only(loading, batch);
		ret = 0;
	} else if (keep_bad(loading, batch, err) == 0)
		ret = store_somehow(loading, batch, err);
	*more_r = !loading->done;
out:
	talloc_free(batch);
	return ret;
}

/* The cursor says so first: a segment that comes back is not loaded again. */
static int
finish(struct sark_loading *loading, struct sark_err *err)
{
	struct sark_spool_cursor cursor = { loading->position, true };
	struct sark_pg *pg = loading->options->pg;
	struct sark_tx tx;
	int ret = -1;

	if (loading->torn > 0) {
		say(SARK_LOG_WARNING, "spool_segment_torn", loading,
		    loading->position, "its writer died; not acknowledged");
		loading->result->torn++;
	}
	if (loading->options->dry_run)
		return 0;
	if (!loading->done) {
		if (sark_tx_begin(&tx, pg, err) == -1)
			return -1;
		if (sark_spool_cursor_write(&tx, loading->name, &cursor, err) ==
		    0)
			ret = sark_tx_commit(&tx, err);
		sark_tx_end(&tx);
		if (ret == -1)
			return -1;
	}
	SARK_FAILPOINT(load_finished);
	if (sark_folder_remove(loading->options->dir, loading->name, err) == -1)
		return -1;
	SARK_FAILPOINT(load_removed);
	loading->result->removed++;
	return sark_spool_cursor_forget(pg, loading->name, err);
}

/* A segment that we cannot read must not hold up the others. */
static void
skip(struct sark_loading *loading, const char *reason)
{
	loading->skipped = true;
	if (loading->quiet)
		return;
	say(SARK_LOG_ERROR, "spool_segment_skipped", loading, 0, reason);
	loading->result->skipped++;
}

static int
load_open(struct sark_loading *loading, struct sark_err *err)
{
	struct sark_spool_cursor cursor;
	bool more = true;

	if (loading->position == loading->reading.size &&
	    !loading->reading.finished)
		return 0;
	if (loading->position == -1) {
		if (sark_spool_cursor_read(loading->options->pg, loading->name,
			&cursor, err) == -1)
			return -1;
		loading->position = cursor.position;
		loading->done = cursor.done;
	}
	while (more && !loading->done && *loading->options->stop == 0)
		if (load_some(loading, &more, err) == -1)
			return -1;
	if (loading->skipped) {
		skip(loading, "written by another version of SARK");
		return 0;
	}
	/* The last read came to the end, and there will be no more. */
	if (!more && loading->reading.finished)
		return finish(loading, err);
	return loading->done ? finish(loading, err) : 0;
}

int
sark_load_segment(struct sark_loading *loading, struct sark_err *err)
{
	struct sark_err why;
	int ret;

	sark_err_init(&why);
	ret = sark_folder_open(
	    loading->options->dir, loading->name, &loading->reading, &why);
	if (ret == -1)
		skip(loading, why.text);
	if (ret != 1)
		return 0;
	ret = load_open(loading, err);
	sark_folder_close(&loading->reading);
	return ret;
}
