#include "trace/record.h"

#include <string.h>

size_t
sark_trace_record_size(size_t spans)
{
	return offsetof(struct sark_trace_record, span) +
	    spans * sizeof(struct sark_span_record);
}

/* A text that ends, all of it printable ASCII. */
static bool
text(const char *s, size_t size)
{
	for (; size > 0 && *s != '\0'; s++, size--)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return size > 0;
}

#define TEXT(array) text(array, sizeof(array))

static bool
span_valid(const struct sark_span_record *span)
{
	return span->id != 0 && span->kind < SARK_SPAN_KINDS &&
	    span->start_ns >= 0 && span->end_ns >= span->start_ns &&
	    TEXT(span->error) && TEXT(span->name);
}

bool
sark_trace_record_valid(const void *data, size_t len)
{
	static const unsigned char
	    zero[sizeof(((struct sark_trace_record *)NULL)->id)];
	const struct sark_trace_record *record = data;
	uint32_t i;

	if (len < sark_trace_record_size(1) ||
	    record->magic != SARK_TRACE_MAGIC || record->spans < 1 ||
	    record->spans > SARK_TRACE_SPANS ||
	    len != sark_trace_record_size(record->spans) ||
	    memcmp(record->id, zero, sizeof(zero)) == 0 ||
	    record->status > 999 || !TEXT(record->method) ||
	    !TEXT(record->program) || !TEXT(record->route) ||
	    !TEXT(record->path))
		return false;
	for (i = 0; i < record->spans; i++)
		if (!span_valid(&record->span[i]) ||
		    (i == 0) != (record->span[i].kind == SARK_SPAN_REQUEST))
			return false;
	return true;
}
