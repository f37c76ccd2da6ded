#include "audit/batch.h"

#include "audit/row.h"
#include "audit/segment.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/audit_load.h"

static void
add_bad(
    struct sark_batch *batch, size_t offset, size_t size, const char *reason)
{
	struct sark_bad_line *line;

	batch->bad = sark_mem_check(talloc_realloc(batch, batch->bad,
	    struct sark_bad_line, (unsigned int)(batch->nbad + 1)));
	line = &batch->bad[batch->nbad++];
	line->offset = offset;
	line->size = size;
	sark_str_copy(line->reason, sizeof(line->reason), reason);
}

static void
add_record(struct sark_batch *batch, size_t offset,
    const struct sark_segment_line *line)
{
	void *ctx = talloc_new(NULL);
	struct sark_audit_row row;
	struct sark_err err;
	size_t i = batch->count;

	sark_err_init(&err);
	if (sark_audit_row_from_json(
		ctx, line->record, line->len, &row, &err) == -1) {
		add_bad(batch, offset, line->size, err.text);
		goto out;
	}
	sark_audit_load_line(&batch->lines, &row);
	batch->records[i].json = line->record;
	batch->records[i].len = line->len;
	batch->ids[i] = sark_strdup(batch->ids, row.id);
	batch->times[i] = sark_strdup(batch->times, row.time);
	batch->count++;
out:
	talloc_free(ctx);
}

struct sark_batch *
sark_batch_read(
    void *ctx, const char *data, size_t len, bool start, size_t limit)
{
	struct sark_batch *batch = sark_new(ctx, struct sark_batch);
	struct sark_segment_line line;

	batch->ctx = ctx;
	sark_buf_init(&batch->lines, batch);
	batch->records = sark_new_array(batch, struct sark_batch_record, limit);
	batch->ids = sark_new_array(batch, const char *, limit + 1);
	batch->times = sark_new_array(batch, const char *, limit + 1);
	for (; batch->count < limit; batch->used += line.size) {
		switch (sark_segment_next(data + batch->used, len - batch->used,
		    start && batch->used == 0, &line)) {
		case SARK_SEGMENT_RECORD:
			add_record(batch, batch->used, &line);
			break;
		case SARK_SEGMENT_HEADER:
			break;
		case SARK_SEGMENT_BAD:
			add_bad(batch, batch->used, line.size, line.reason);
			break;
		case SARK_SEGMENT_FOREIGN:
			batch->foreign = true;
			return batch;
		case SARK_SEGMENT_PARTIAL:
			batch->torn = len - batch->used;
			return batch;
		}
	}
	return batch;
}
