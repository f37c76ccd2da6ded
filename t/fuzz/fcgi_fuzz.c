/*
 * FastCGI records, and a connection around them.  Two bytes say how the rest
 * is cut into pieces, which changes nothing that happens, whether a request
 * waits for its turn, and whether it is asked how large a body may be.  A
 * connection sends exactly what the events ask for, and ends where they say.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "http/conn.h"
#include "http/fcgi.h"

#define BODY_MAX 512
/* A socket holds so many small answers before it makes the sender wait. */
#define SENDS_MAX 100

const char fuzz_name[] = "fcgi";

/* Of a body, that are read before it is asked how many may be. */
#define ASK_AT 64

/* In the first word. */
#define QUEUEING 0x8000u
#define ASKING	 0x4000u

/* What came of some bytes. */
struct story {
	struct sark_buf told; /* every event with all that belongs to it */
	struct sark_buf sent; /* what the peer is answered */
	size_t sends;
	bool closed; /* at once */
	bool cut;    /* what still comes is thrown away */
};

static void
write_answer(void *arg, const struct sark_exchange *in, struct sark_buf *answer)
{
	(void)arg;
	/* How much of a refused body has come is nobody's business. */
	sark_buf_format(answer, "%zu variables, %zu bytes, code %d\n",
	    in->nparams, in->refused == SARK_OK ? in->body_len : 0,
	    (int)in->refused);
}

/* The same as an answer to one too many. */
static bool
shed(void *arg, const struct sark_exchange *in, struct sark_buf *answer)
{
	write_answer(arg, in, answer);
	return true;
}

static size_t
body_limit(void *arg, const struct sark_exchange *in)
{
	static const size_t limits[] = { 10, 100, BODY_MAX };

	(void)arg;
	return limits[in->nparams % SARK_COUNT(limits)];
}

static void
check_exchange(const struct sark_exchange *in, const struct sark_fcgi *fcgi)
{
	const struct sark_param *param;
	size_t i;

	fuzz_holds(in->nparams <= SARK_EXCHANGE_PARAMS);
	fuzz_holds(fcgi->data.len <= SARK_EXCHANGE_BYTES + 1 + BODY_MAX);
	for (i = 0; i < in->nparams; i++) {
		param = &in->params[i];
		fuzz_holds(param->name_len > 0);
		fuzz_holds(strlen(param->name) == param->name_len);
		fuzz_holds(strlen(param->value) == param->value_len);
		fuzz_holds(sark_exchange_get(in, param->name) == param->value);
	}
	if (in->refused == SARK_HEADERS_TOO_LARGE)
		return;
	fuzz_holds(in->body_len <= BODY_MAX);
	fuzz_holds(in->body[in->body_len] == '\0');
}

static void
tell_request(struct sark_fcgi *fcgi, struct story *story)
{
	static struct sark_exchange in;
	unsigned char head[SARK_FCGI_HEADER], end[SARK_FCGI_END];
	struct sark_buf answer;
	size_t i;

	if (sark_fcgi_exchange(fcgi, &in) == -1) {
		story->closed = true;
		return;
	}
	check_exchange(&in, fcgi);
	for (i = 0; i < in.nparams; i++)
		sark_buf_format(&story->told, "%s=%s\n", in.params[i].name,
		    in.params[i].value);
	if (in.refused == SARK_OK)
		sark_buf_add(&story->told, in.body, in.body_len);
	sark_buf_init(&answer, story->told.ctx);
	write_answer(NULL, &in, &answer);
	sark_fcgi_stdout(head, fcgi->id, answer.len);
	sark_fcgi_end(end, fcgi->id);
	sark_buf_add(&story->sent, head, sizeof(head));
	sark_buf_add(&story->sent, answer.data, answer.len);
	sark_buf_add(&story->sent, end, sizeof(end));
	story->sends++;
	story->cut = fcgi->refused != SARK_OK;
	story->closed = !story->cut && !fcgi->keep;
	sark_fcgi_done(fcgi);
}

static void
tell_limit(struct sark_fcgi *fcgi, struct story *story)
{
	static struct sark_exchange in;
	struct sark_buf copy;

	fuzz_holds(fcgi->ask_at == ASK_AT);
	sark_buf_init(&copy, story->told.ctx);
	if (sark_fcgi_preview(fcgi, &copy, &in) == -1) {
		story->closed = true;
		return;
	}
	fuzz_holds(in.refused != SARK_OK);
	fcgi->limit = body_limit(NULL, &in);
	sark_buf_format(&story->told, "%zu variables\n", in.nparams);
}

static void
tell(struct sark_fcgi *fcgi, enum sark_fcgi_event event, struct story *story)
{
	sark_buf_format(&story->told, "\nevent %d\n", (int)event);
	if (event == SARK_FCGI_REQUEST) {
		tell_request(fcgi, story);
	} else if (event == SARK_FCGI_LARGE) {
		tell_limit(fcgi, story);
	} else if (event == SARK_FCGI_BROKEN) {
		story->closed = true;
	} else {
		fuzz_holds(fcgi->reply_len >= SARK_FCGI_HEADER);
		fuzz_holds(fcgi->reply_len <= sizeof(fcgi->reply));
		sark_buf_add(&story->sent, fcgi->reply, fcgi->reply_len);
		story->sends++;
		story->cut = event == SARK_FCGI_REFUSED && !fcgi->keep;
	}
}

/* Feeds the bytes in pieces of up to most; 0: in one. */
static void
run(void *ctx, struct fuzz_input in, uint16_t most, bool asking,
    struct story *story)
{
	enum sark_fcgi_event event;
	struct sark_fcgi fcgi;
	size_t piece, used;
	uint32_t rest = most;

	memset(story, 0, sizeof(*story));
	sark_buf_init(&story->told, ctx);
	sark_buf_init(&story->sent, ctx);
	sark_fcgi_init(&fcgi, ctx, BODY_MAX, 7);
	fcgi.ask_at = asking ? ASK_AT : 0;
	while (in.left > 0 && !story->closed && !story->cut) {
		rest = rest * 1103515245 + 12345;
		piece = most == 0 ? in.left : 1 + (rest >> 16) % most;
		if (piece > in.left)
			piece = in.left;
		event = sark_fcgi_feed(&fcgi, in.at, piece, &used);
		fuzz_holds(used <= piece);
		fuzz_holds(event != SARK_FCGI_MORE || used == piece);
		in.at += used;
		in.left -= used;
		if (event != SARK_FCGI_MORE)
			tell(&fcgi, event, story);
	}
	/* The end of a record's content may stand at the end of the bytes. */
	while (!story->closed && !story->cut) {
		event = sark_fcgi_feed(&fcgi, in.at, 0, &used);
		if (event == SARK_FCGI_MORE)
			break;
		tell(&fcgi, event, story);
	}
}

/* The same bytes over a socket. */
static void
connect_and_send(void *ctx, const struct fuzz_input *in, uint16_t how,
    const struct story *story)
{
	static const volatile sig_atomic_t stop = 0;
	static struct sark_conn_room room;
	const struct sark_listen listen = { .fd = -1,
		.connections_max = 7,
		.body_max = BODY_MAX,
		.stop = &stop,
		.handle = write_answer,
		.body_limit = body_limit,
		.shed = shed };
	struct sark_conn conn = { .fd = -1 };
	enum sark_conn_next next;
	char got[65536];
	int pair[2];
	ssize_t n;

	fuzz_holds(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	fuzz_holds(write(pair[1], in->at, in->left) == (ssize_t)in->left);
	conn.fd = pair[0];
	sark_fcgi_init(&conn.fcgi, ctx, BODY_MAX, 7);
	room.listen = &listen;
	sark_buf_init(&room.out, ctx);
	conn.fcgi.ask_at = (how & ASKING) != 0 ? ASK_AT : 0;
	room.queueing = (how & QUEUEING) != 0;
	next = sark_conn_serve(&conn, &room);
	fuzz_holds(next != SARK_CONN_READY || room.queueing);
	if (next == SARK_CONN_READY)
		next = sark_conn_answer(&conn, &room, 0, true);
	fuzz_holds(next != SARK_CONN_READY);
	n = read(pair[1], got, sizeof(got));
	fuzz_holds((next == SARK_CONN_CLOSE) == story->closed);
	fuzz_holds(conn.throwing == story->cut);
	fuzz_holds((size_t)(n < 0 ? 0 : n) == story->sent.len);
	fuzz_holds(n <= 0 || memcmp(got, story->sent.data, (size_t)n) == 0);
	close(pair[0]);
	close(pair[1]);
}

static bool
same(const struct sark_buf *a, const struct sark_buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = talloc_new(NULL);
	struct fuzz_input in = { data, size };
	struct story whole, pieces;
	uint16_t most = fuzz_word(&in);
	bool asking = (most & ASKING) != 0;

	run(ctx, in, 0, asking, &whole);
	run(ctx, in, (uint16_t)(most % 512 + 1), asking, &pieces);
	fuzz_holds(same(&whole.told, &pieces.told));
	fuzz_holds(same(&whole.sent, &pieces.sent));
	fuzz_holds(whole.closed == pieces.closed && whole.cut == pieces.cut);
	if (in.left > 0 && in.left < 65536 && whole.sends <= SENDS_MAX)
		connect_and_send(ctx, &in, most, &whole);
	talloc_free(ctx);
	return 0;
}
