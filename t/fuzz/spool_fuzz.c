/*
 * A spool segment.  The first byte:
 *
 *	r	the rest is a segment as it lies on the disk
 *	f	the lines of the rest are framed first, and must all come back
 *	d	framed, and then damaged: position and value of bytes, until 0 0
 *
 * Whatever the bytes are, reading ends, and no record is read that has not
 * its length and its checksum in the line.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "audit/batch.h"
#include "audit/row.h"
#include "audit/segment.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"

#define SUM_HEX 16
#define LIMIT	16
#define DAMAGES 8

const char fuzz_name[] = "spool";

/* The line that holds a record, judged anew from its first byte on. */
static void
check_record(const char *data, const struct sark_segment_line *line)
{
	unsigned char digest[SARK_SHA256_BYTES];
	char hex[SUM_HEX + 1], head[64];

	sark_sha256(digest, line->record, line->len);
	sark_str_hex(hex, digest, SUM_HEX / 2);
	snprintf(head, sizeof(head), "S1 %zu %s ", line->len, hex);
	fuzz_holds(line->size == strlen(head) + line->len + 1);
	fuzz_holds(memcmp(data, head, strlen(head)) == 0);
	fuzz_holds(line->record == data + strlen(head));
	fuzz_holds(data[line->size - 1] == '\n');
}

/* Reads all lines; returns how many records there were. */
static size_t
read_lines(const char *data, size_t len)
{
	struct sark_segment_line line;
	size_t at = 0, records = 0;

	for (;;) {
		switch (
		    sark_segment_next(data + at, len - at, at == 0, &line)) {
		case SARK_SEGMENT_RECORD:
			check_record(data + at, &line);
			records++;
			break;
		case SARK_SEGMENT_HEADER:
			fuzz_holds(at == 0);
			break;
		case SARK_SEGMENT_BAD:
			fuzz_holds(line.reason != NULL);
			fuzz_holds(line.record == NULL);
			break;
		case SARK_SEGMENT_FOREIGN:
			fuzz_holds(at == 0);
			return records;
		case SARK_SEGMENT_PARTIAL:
			fuzz_holds(line.size == 0);
			return records;
		}
		fuzz_holds(line.size > 0 && line.size <= len - at);
		at += line.size;
	}
}

/* An event that is taken comes back the same from its own JSON. */
static void
check_event(void *ctx, const struct sark_batch_record *record)
{
	struct sark_audit_row row, again;
	struct sark_buf first, second;
	struct sark_err err;
	struct sark_jw jw;

	sark_err_init(&err);
	fuzz_holds(sark_audit_row_from_json(
		       ctx, record->json, record->len, &row, &err) == 0);
	sark_buf_init(&first, ctx);
	sark_jw_init(&jw, &first);
	sark_audit_row_to_json(&jw, NULL, &row);
	fuzz_holds(sark_audit_row_from_json(
		       ctx, first.data, first.len, &again, &err) == 0);
	sark_buf_init(&second, ctx);
	sark_jw_init(&jw, &second);
	sark_audit_row_to_json(&jw, NULL, &again);
	fuzz_holds(first.len == second.len &&
	    memcmp(first.data, second.data, first.len) == 0);
}

static void
read_batches(void *ctx, const char *data, size_t len, size_t records)
{
	size_t at = 0, events = 0, bad = 0, i;
	struct sark_batch *batch;

	do {
		batch =
		    sark_batch_read(ctx, data + at, len - at, at == 0, LIMIT);
		fuzz_holds(batch->used <= len - at);
		fuzz_holds(batch->count <= LIMIT);
		fuzz_holds(batch->ids[batch->count] == NULL);
		fuzz_holds(batch->times[batch->count] == NULL);
		for (i = 0; i < batch->count; i++) {
			fuzz_holds(batch->records[i].json >= data + at);
			check_event(ctx, &batch->records[i]);
		}
		for (i = 0; i < batch->nbad; i++)
			fuzz_holds(batch->bad[i].offset + batch->bad[i].size <=
			    batch->used);
		events += batch->count;
		bad += batch->nbad;
		at += batch->used;
	} while (batch->count == LIMIT && !batch->foreign);
	fuzz_holds(events <= records);
	fuzz_holds(batch->foreign || at + batch->torn == len);
	fuzz_holds(records <= events + bad);
}

/* Frames each line; returns how many lines there were. */
static size_t
frame_lines(const char *text, size_t len, struct sark_buf *out)
{
	const char *end = text + len, *newline;
	size_t n = 0;

	sark_segment_header(out, "sark-fuzz");
	while (text < end) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (newline == NULL)
			newline = end;
		fuzz_holds(sark_segment_frame(
			       out, text, (size_t)(newline - text)) == 0);
		n++;
		text = newline == end ? end : newline + 1;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = talloc_new(NULL);
	struct fuzz_input in = { data, size };
	uint16_t where[DAMAGES];
	uint8_t mode = fuzz_byte(&in), what[DAMAGES];
	size_t n = 0, lines = 0, records, i;
	struct sark_buf segment;

	sark_buf_init(&segment, ctx);
	for (; mode == 'd' && n < DAMAGES; n++) {
		where[n] = fuzz_word(&in);
		what[n] = fuzz_byte(&in);
		if (what[n] == 0)
			break;
	}
	if (mode == 'f' || mode == 'd')
		lines = frame_lines((const char *)in.at, in.left, &segment);
	else
		sark_buf_add(&segment, in.at, in.left);
	for (i = 0; i < n; i++)
		segment.data[where[i] % segment.len] ^= (char)what[i];
	records = read_lines(segment.data, segment.len);
	fuzz_holds(mode != 'f' || records == lines);
	fuzz_holds(mode != 'd' || records <= lines);
	read_batches(ctx, segment.data, segment.len, records);
	talloc_free(ctx);
	return 0;
}
