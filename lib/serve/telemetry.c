#include "serve/telemetry.h"

#include "base/mem.h"
#include "base/span.h"
#include "base/str.h"
#include "conf/conf.h"
#include "proc/histogram.h"
#include "proc/metrics.h"
#include "trace/send.h"

/* One counter for each word; a word's is found when it is first seen. */
struct words {
	const char *family;
	const char *labels; /* before the word's */
	size_t n;
	struct {
		char word[24];
		struct sark_metric *count;
	} seen[SARK_TELEMETRY_WORDS];
};

/* What is counted of PostgreSQL or Redis, once it is used. */
struct store {
	bool used;
	bool connected; /* once, at least */
	struct sark_metric *connects, *failures, *reconnects;
	struct sark_histogram durations;
	struct words errors;
};

struct telemetry {
	const struct sark_app *app;
	struct store stores[SARK_SPAN_KINDS];
	struct sark_histogram evaluations;
	bool evaluates;
	struct words errors;
	struct sark_metric *figures[SARK_FIGURES];
	struct sark_metric *sent, *dropped;
	struct sark_trace_sender *sender; /* NULL: nothing is sampled */
};

static const char *const store_names[SARK_SPAN_KINDS] = {
	[SARK_SPAN_POSTGRESQL] = "postgresql",
	[SARK_SPAN_REDIS] = "redis",
};

static const struct {
	const char *family;
	const char *result;
} figures[SARK_FIGURES] = {
	[SARK_FIGURE_TOKEN_HIT] = { "sark_token_cache_total", "hit" },
	[SARK_FIGURE_TOKEN_MISS] = { "sark_token_cache_total", "miss" },
	[SARK_FIGURE_STANDING_HIT] = { "sark_standing_cache_total", "hit" },
	[SARK_FIGURE_STANDING_MISS] = { "sark_standing_cache_total", "miss" },
	[SARK_FIGURE_FACTS_HIT] = { "sark_facts_cache_total", "hit" },
	[SARK_FIGURE_FACTS_MISS] = { "sark_facts_cache_total", "miss" },
};

/* The slot of a family with labels and one more; name "" has no such. */
static struct sark_metric *
slot(const struct telemetry *t, const char *family, const char *labels,
    const char *name, const char *value)
{
	void *scratch = talloc_new(NULL);
	const char *last = "";
	struct sark_metric *found;

	if (*name != '\0')
		last = sark_format(scratch, ",%s=\"%s\"", name, value);
	found = sark_metric_of(t->app->metrics,
	    sark_format(scratch, "%s{%s%s}", family, labels, last));
	talloc_free(scratch);
	return found;
}

static void
count_word(struct telemetry *t, struct words *words, const char *word)
{
	size_t i;

	for (i = 0; i < words->n && !sark_str_eq(words->seen[i].word, word);
	     i++)
		continue;
	/* The last place is for all the words that came too late. */
	if (i == words->n && words->n == SARK_COUNT(words->seen))
		i--;
	if (i == words->n) {
		if (++words->n == SARK_COUNT(words->seen))
			word = "other";
		(void)sark_str_copy(
		    words->seen[i].word, sizeof(words->seen[i].word), word);
		words->seen[i].count = slot(t, words->family, words->labels,
		    "code", words->seen[i].word);
	}
	sark_metric_add(words->seen[i].count, 1);
}

static void
prepare_store(struct telemetry *t, enum sark_span_kind kind)
{
	struct store *store = &t->stores[kind];
	const char *labels = sark_format(t, "program=\"%s\",store=\"%s\"",
	    t->app->program, store_names[kind]);
	static const char connects[] = "sark_store_connects_total";

	store->used = true;
	store->connects = slot(t, connects, labels, "result", "ok");
	store->failures = slot(t, connects, labels, "result", "failed");
	store->reconnects =
	    slot(t, "sark_store_reconnects_total", labels, "", "");
	store->errors.family = "sark_store_errors_total";
	store->errors.labels = labels;
	sark_histogram_init(&store->durations, t->app->metrics,
	    "sark_store_duration_seconds", labels);
}

static void
count_store(struct telemetry *t, const struct sark_span *span)
{
	struct store *store = &t->stores[span->kind];
	bool failed = *span->error != '\0';

	if (!store->used)
		prepare_store(t, span->kind);
	if (failed)
		count_word(t, &store->errors, span->error);
	if (!sark_str_eq(span->name, SARK_SPAN_CONNECT)) {
		sark_histogram_add(
		    &store->durations, span->end_ns - span->start_ns);
		return;
	}
	sark_metric_add(failed ? store->failures : store->connects, 1);
	if (failed)
		return;
	if (store->connected)
		sark_metric_add(store->reconnects, 1);
	store->connected = true;
}

static void
count_evaluation(struct telemetry *t, const struct sark_span *span)
{
	if (!t->evaluates)
		sark_histogram_init(&t->evaluations, t->app->metrics,
		    "sark_policy_evaluation_seconds",
		    sark_format(t, "program=\"%s\"", t->app->program));
	t->evaluates = true;
	sark_histogram_add(&t->evaluations, span->end_ns - span->start_ns);
}

static void
ended(void *arg, const struct sark_span *span)
{
	struct telemetry *t = arg;

	switch (span->kind) {
	case SARK_SPAN_REQUEST:
		if (*span->error != '\0')
			count_word(t, &t->errors, span->error);
		break;
	case SARK_SPAN_ENGINE:
		count_evaluation(t, span);
		break;
	default:
		count_store(t, span);
	}
}

static void
figure(void *arg, enum sark_figure what)
{
	struct telemetry *t = arg;

	if (t->figures[what] == NULL)
		t->figures[what] = slot(t, figures[what].family,
		    t->errors.labels, "result", figures[what].result);
	sark_metric_add(t->figures[what], 1);
}

static void
finished(void *arg, const struct sark_trace_record *record, size_t len)
{
	struct telemetry *t = arg;

	sark_metric_add(
	    sark_trace_send(t->sender, record, len) == 0 ? t->sent : t->dropped,
	    1);
}

int
sark_telemetry_open(struct sark_app *app, struct sark_err *err)
{
	const struct sark_sampling sampling = {
		.ratio = app->conf->trace_sample_ratio,
		.callers_rate = app->conf->trace_callers_rate,
	};
	struct telemetry *t = sark_new(app, struct telemetry);
	struct sark_watcher watcher = { ended, figure, NULL, t };

	t->app = app;
	t->errors.family = "sark_errors_total";
	t->errors.labels = sark_format(t, "program=\"%s\"", app->program);
	if (sampling.ratio > 0 || sampling.callers_rate > 0) {
		static const char family[] = "sark_traces_total";

		if (sark_trace_sender_open(
			t, app->conf->run_dir, &t->sender, err) == -1)
			return -1;
		t->sent = slot(t, family, t->errors.labels, "result", "sent");
		t->dropped =
		    slot(t, family, t->errors.labels, "result", "dropped");
		watcher.finished = finished;
	}
	app->tracer = sark_tracer_new(app, app->program, &sampling, &watcher);
	return 0;
}
