#include "base/span.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"

#define NS_PER_S INT64_C(1000000000)

struct sark_tracer {
	const char *program;
	struct sark_sampling sampling;
	uint64_t threshold; /* ratio of 2^63: 1 is above all of 63 bits */
	struct sark_watcher watcher;
	uint64_t chance; /* state of the generator that samples */
	int64_t tokens;	 /* callers' requests that may be sampled now */
	int64_t filled_ns;
	/* of the request under way */
	bool recording;
	uint64_t current;   /* id of the span that encloses the next */
	uint64_t next;	    /* id */
	int64_t to_wall_ns; /* from the monotonic clock */
	struct sark_span own;
	struct sark_trace_record record;
};

struct sark_tracer *
sark_tracer_new(void *ctx, const char *program,
    const struct sark_sampling *sampling, const struct sark_watcher *watcher)
{
	struct sark_tracer *tracer = sark_new(ctx, struct sark_tracer);

	tracer->program = program;
	tracer->sampling = *sampling;
	tracer->threshold = (uint64_t)(sampling->ratio * 0x1p63);
	tracer->watcher = *watcher;
	tracer->tokens = sampling->callers_rate;
	tracer->filled_ns = sark_clock_mono_ns();
	tracer->record.magic = SARK_TRACE_MAGIC;
	(void)sark_str_copy(
	    tracer->record.program, sizeof(tracer->record.program), program);
	sark_random(&tracer->chance, sizeof(tracer->chance));
	return tracer;
}

/* SplitMix64: even, and no secret. */
static uint64_t
draw(struct sark_tracer *tracer)
{
	uint64_t z = tracer->chance += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static bool
take_token(struct sark_tracer *tracer, int64_t now_ns)
{
	int64_t rate = tracer->sampling.callers_rate, s;

	s = (now_ns - tracer->filled_ns) / NS_PER_S;
	if (s > 0) {
		tracer->tokens = rate;
		tracer->filled_ns += s * NS_PER_S;
	}
	if (tracer->tokens <= 0)
		return false;
	tracer->tokens--;
	return true;
}

static bool
sample(struct sark_tracer *tracer, const struct sark_trace_parent *parent,
    int64_t now_ns)
{
	if (parent != NULL && !parent->sampled)
		return false;
	if (parent != NULL && take_token(tracer, now_ns))
		return true;
	/* By our chance, never by the trace's id, which a caller may choose. */
	return draw(tracer) >> 1 < tracer->threshold;
}

static uint64_t
new_id(struct sark_tracer *tracer)
{
	/* An odd step from a random start: none twice in a request. */
	do
		tracer->next += UINT64_C(0x9e3779b97f4a7c15);
	while (tracer->next == 0);
	return tracer->next;
}

bool
sark_trace_begin(struct sark_tracer *tracer,
    const struct sark_trace_parent *parent, int64_t start_ns, int64_t wall_ns)
{
	struct sark_span *own;

	if (tracer == NULL)
		return false;
	own = &tracer->own;
	memset(own, 0, sizeof(*own));
	own->kind = SARK_SPAN_REQUEST;
	own->start_ns = start_ns;
	own->commands = 1;
	tracer->current = 0;
	if ((tracer->threshold == 0 && tracer->sampling.callers_rate == 0) ||
	    !sample(tracer, parent, start_ns))
		return false;
	tracer->recording = true;
	tracer->to_wall_ns = wall_ns - start_ns;
	tracer->record.spans = 1; /* its own, filled at the end */
	tracer->record.lost = 0;
	if (parent != NULL)
		memcpy(tracer->record.id, parent->trace,
		    sizeof(tracer->record.id));
	else
		sark_random(tracer->record.id, sizeof(tracer->record.id));
	sark_random(&tracer->next, sizeof(tracer->next));
	own->parent = parent != NULL ? parent->span : 0;
	own->id = tracer->current = new_id(tracer);
	return true;
}

/* A text of a record: cut, and no byte of an older one behind its end. */
static void
put(char *dst, size_t size, const char *src)
{
	memset(dst, 0, size);
	(void)sark_str_copy(dst, size, src);
}

static void
write_span(const struct sark_tracer *tracer, const struct sark_span *span,
    struct sark_span_record *record)
{
	record->id = span->id;
	record->parent = span->parent;
	record->start_ns = span->start_ns + tracer->to_wall_ns;
	record->end_ns = span->end_ns + tracer->to_wall_ns;
	record->kind = span->kind;
	record->commands = span->commands;
	put(record->error, sizeof(record->error), span->error);
	put(record->name, sizeof(record->name), span->name);
}

static void
write_head(struct sark_trace_record *record, const struct sark_trace_end *end)
{
	char *p;

	record->status = (uint32_t)end->status;
	record->https = end->https ? 1 : 0;
	put(record->method, sizeof(record->method), end->method);
	put(record->route, sizeof(record->route),
	    end->route != NULL ? end->route : "");
	put(record->path, sizeof(record->path), end->path);
	for (p = record->path; *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
}

void
sark_trace_end(struct sark_tracer *tracer, const struct sark_trace_end *end)
{
	struct sark_trace_record *record;
	struct sark_span *own;

	if (tracer == NULL)
		return;
	own = &tracer->own;
	own->name = end->route != NULL ? end->route : "";
	own->error = end->code != SARK_OK ? sark_code_name(end->code) : "";
	own->end_ns = sark_clock_mono_ns();
	if (tracer->watcher.ended != NULL)
		tracer->watcher.ended(tracer->watcher.arg, own);
	if (!tracer->recording)
		return;
	tracer->recording = false;
	record = &tracer->record;
	write_span(tracer, own, &record->span[0]);
	write_head(record, end);
	if (tracer->watcher.finished != NULL)
		tracer->watcher.finished(tracer->watcher.arg, record,
		    offsetof(struct sark_trace_record, span) +
			record->spans * sizeof(record->span[0]));
}

/* Most significant byte first, as the header has it. */
static void
hex64(char out[17], uint64_t id)
{
	unsigned char bytes[8];
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(id >> (56 - 8 * i));
	sark_str_hex(out, bytes, sizeof(bytes));
}

int
sark_trace_parent(
    const struct sark_tracer *tracer, char out[SARK_TRACEPARENT_TEXT])
{
	if (tracer == NULL || !tracer->recording)
		return -1;
	memcpy(out, "00-", 3);
	sark_str_hex(out + 3, tracer->record.id, sizeof(tracer->record.id));
	out[35] = '-';
	hex64(out + 36, tracer->current);
	memcpy(out + 52, "-01", 4);
	return 0;
}

void
sark_span_begin(struct sark_tracer *tracer, struct sark_span *span,
    enum sark_span_kind kind, const char *name)
{
	if (tracer == NULL)
		return;
	span->kind = kind;
	span->name = name;
	span->commands = 1;
	span->start_ns = sark_clock_mono_ns();
	span->id = 0;
	if (!tracer->recording)
		return;
	span->id = new_id(tracer);
	span->parent = tracer->current;
	tracer->current = span->id;
}

void
sark_span_end(
    struct sark_tracer *tracer, struct sark_span *span, const char *error)
{
	struct sark_trace_record *record;

	if (tracer == NULL)
		return;
	span->end_ns = sark_clock_mono_ns();
	span->error = error;
	if (tracer->watcher.ended != NULL)
		tracer->watcher.ended(tracer->watcher.arg, span);
	if (span->id == 0)
		return;
	tracer->current = span->parent;
	record = &tracer->record;
	if (record->spans == SARK_TRACE_SPANS)
		record->lost++;
	else
		write_span(tracer, span, &record->span[record->spans++]);
}

void
sark_figure_add(struct sark_tracer *tracer, enum sark_figure figure)
{
	if (tracer != NULL && tracer->watcher.figure != NULL)
		tracer->watcher.figure(tracer->watcher.arg, figure);
}
