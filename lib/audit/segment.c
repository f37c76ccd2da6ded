#include "audit/segment.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "crypto/digest.h"

#define MAGIC	"SARK-SPOOL "
#define HEADER	MAGIC "1 "
#define SUM_HEX 16
/* "262144", the longest length in figures, and a NUL. */
#define LENGTH_TEXT 7

void
sark_segment_header(struct sark_buf *out, const char *program)
{
	sark_buf_format(out, HEADER "%s\n", program);
}

/* The first SUM_HEX hex digits of the SHA-256. */
static void
sum(char out[SUM_HEX + 1], const char *data, size_t len)
{
	unsigned char digest[SARK_SHA256_BYTES];

	sark_sha256(digest, data, len);
	sark_str_hex(out, digest, SUM_HEX / 2);
}

int
sark_segment_frame(struct sark_buf *out, const char *record, size_t len)
{
	char hex[SUM_HEX + 1];

	if (len > SARK_SEGMENT_RECORD_MAX || memchr(record, '\n', len) != NULL)
		return -1;
	sum(hex, record, len);
	sark_buf_format(out, "S1 %zu %s ", len, hex);
	sark_buf_add(out, record, len);
	sark_buf_char(out, '\n');
	return 0;
}

static enum sark_segment_kind
bad(struct sark_segment_line *line, const char *reason)
{
	line->reason = reason;
	return SARK_SEGMENT_BAD;
}

/* The bytes between at and the next blank; NULL if they are not there. */
static const char *
word(const char **at, const char *end, size_t *len_r)
{
	const char *start = *at, *blank;

	blank = memchr(start, ' ', (size_t)(end - start));
	if (blank == NULL)
		return NULL;
	*len_r = (size_t)(blank - start);
	*at = blank + 1;
	return start;
}

/* A line from data to end, where its newline stands. */
static enum sark_segment_kind
read_record(const char *data, const char *end, struct sark_segment_line *line)
{
	char text[LENGTH_TEXT], canonical[24], hex[SUM_HEX + 1];
	const char *at = data, *w;
	int64_t length;
	size_t n;

	w = word(&at, end, &n);
	if (w == NULL || n != 2 || memcmp(w, "S1", 2) != 0)
		return bad(line, "no record");
	w = word(&at, end, &n);
	if (w == NULL || n >= sizeof(text))
		return bad(line, "no length");
	memcpy(text, w, n);
	text[n] = '\0';
	if (sark_num_int(text, 0, (int64_t)SARK_SEGMENT_RECORD_MAX, &length) ==
	    -1)
		return bad(line, "wrong length");
	/* One spelling: nothing behind a NUL, no leading zero. */
	snprintf(canonical, sizeof(canonical), "%lld", (long long)length);
	if (strlen(canonical) != n || memcmp(canonical, w, n) != 0)
		return bad(line, "wrong length");
	w = word(&at, end, &n);
	if (w == NULL || n != SUM_HEX)
		return bad(line, "no checksum");
	if ((size_t)(end - at) != (size_t)length)
		return bad(line, "not as long as it says");
	sum(hex, at, (size_t)length);
	if (memcmp(hex, w, SUM_HEX) != 0)
		return bad(line, "wrong checksum");
	line->record = at;
	line->len = (size_t)length;
	return SARK_SEGMENT_RECORD;
}

static bool
starts(const char *data, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(data, with, strlen(with)) == 0;
}

enum sark_segment_kind
sark_segment_next(
    const char *data, size_t len, bool start, struct sark_segment_line *line_r)
{
	const char *end;
	size_t look;

	memset(line_r, 0, sizeof(*line_r));
	look = len < SARK_SEGMENT_LINE_MAX ? len : SARK_SEGMENT_LINE_MAX;
	end = look > 0 ? memchr(data, '\n', look) : NULL;
	if (end == NULL && len < SARK_SEGMENT_LINE_MAX)
		return SARK_SEGMENT_PARTIAL;
	if (end == NULL) {
		line_r->size = look;
		return bad(line_r, "endless line");
	}
	line_r->size = (size_t)(end - data) + 1;
	if (start && starts(data, line_r->size, HEADER))
		return SARK_SEGMENT_HEADER;
	if (start && starts(data, line_r->size, MAGIC))
		return SARK_SEGMENT_FOREIGN;
	return read_record(data, end, line_r);
}
