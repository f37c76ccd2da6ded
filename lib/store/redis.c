#include "store/redis.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "base/span.h"
#include "base/str.h"
#include "crypto/secret.h"
#include "store/info.h"
#include "store/logon.h"
#include "store/deadline.h"

#define NS_PER_MS	INT64_C(1000000)
#define QUIET_MS	1000
#define REPLY_BYTES_MAX ((size_t)16 << 20)
#define TEXT_MAX	128
#define WORD_MAX	24

struct sark_redis {
	char *socket;
	int64_t database;
	int64_t timeout_ms;
	struct sark_logon *logon; /* NULL: nobody logs in */
	const int64_t *until_ns;  /* deadline.h */
	struct sark_tracer *tracer;
	redisContext *conn;
	struct sark_buf out;
	int64_t quiet_until_ns;
	char text[TEXT_MAX];	  /* why it is quiet */
	char word[WORD_MAX];	  /* first of the reply that was an error */
	char run[SARK_REDIS_RUN]; /* of conn, "" if not asked yet */
};

/* Error replies that mean: this server cannot serve now. */
static const char *const unable[] = { "LOADING ", "READONLY ", "OOM ",
	"MISCONF ", "MASTERDOWN ", "NOAUTH ", "NOPERM ", "CLUSTERDOWN ",
	"NOREPLICAS ", "BUSY " };

static void
drop(struct sark_redis *redis)
{
	if (redis->conn != NULL)
		redisFree(redis->conn);
	redis->conn = NULL;
	redis->run[0] = '\0';
}

static int
close_redis(struct sark_redis *redis)
{
	drop(redis);
	return 0;
}

struct sark_redis *
sark_redis_new(
    void *ctx, const char *socket, int64_t database, int64_t timeout_ms)
{
	struct sark_redis *redis = sark_new(ctx, struct sark_redis);

	redis->socket = sark_strdup(redis, socket);
	redis->database = database;
	redis->timeout_ms = timeout_ms;
	sark_buf_init(&redis->out, redis);
	talloc_set_destructor(redis, close_redis);
	return redis;
}

void
sark_redis_trace(struct sark_redis *redis, struct sark_tracer *tracer)
{
	redis->tracer = tracer;
}

int
sark_redis_login(struct sark_redis *redis, const char *user,
    const char *password_file, struct sark_err *err)
{
	return sark_logon_open(redis, user, password_file, &redis->logon, err);
}

/* Throws the connection away and stays quiet for a while. */
static int
fail(struct sark_redis *redis, enum sark_code code, const char *why,
    struct sark_err *err)
{
	(void)sark_str_copy(redis->text, sizeof(redis->text), why);
	drop(redis);
	redis->quiet_until_ns = sark_clock_mono_ns() + QUIET_MS * NS_PER_MS;
	return sark_err_set(err, code, "redis: %s", redis->text);
}

/* The same after a call of the system or of the driver, by errno. */
static int
fail_io(struct sark_redis *redis, struct sark_err *err)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return fail(redis, SARK_TIMEOUT, "no answer in time", err);
	return fail(redis, SARK_UNAVAILABLE, strerror(errno), err);
}

static int
send_commands(struct sark_redis *redis, struct sark_err *err)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < redis->out.len) {
		/* not write(2): a server that went must not kill us */
		n = send(redis->conn->fd, redis->out.data + sent,
		    redis->out.len - sent, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fail_io(redis, err);
		sent += (size_t)n;
	}
	return 0;
}

/* The request's time is over, which is not the server's fault. */
static int
give_up(struct sark_redis *redis, struct sark_err *err)
{
	drop(redis);
	return sark_err_set(
	    err, SARK_TIMEOUT, "redis: the request's time is over");
}

/*
 * Whether to read before the deadline.  The socket's own timeout bounds the
 * read; only what a request has left beyond that must be waited for apart.
 */
static bool
comes(const struct sark_redis *redis, int64_t deadline_ns)
{
	struct pollfd p = { .fd = redis->conn->fd, .events = POLLIN };
	int64_t left_ns = deadline_ns - sark_clock_mono_ns();

	if (left_ns <= 0)
		return false;
	if (redis->until_ns == NULL || *redis->until_ns != deadline_ns)
		return true;
	return poll(&p, 1, (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS)) != 0;
}

/* The next reply, the driver's memory. */
static int
read_reply(struct sark_redis *redis, int64_t deadline_ns, redisReply **reply_r,
    struct sark_err *err)
{
	void *reply = NULL;

	for (;;) {
		if (redisGetReplyFromReader(redis->conn, &reply) != REDIS_OK)
			return fail(
			    redis, SARK_UNAVAILABLE, redis->conn->errstr, err);
		if (reply != NULL)
			break;
		if (redis->conn->reader->len > REPLY_BYTES_MAX)
			return fail(redis, SARK_UNAVAILABLE,
			    "an answer is too large", err);
		if (!comes(redis, deadline_ns)) {
			if (sark_deadline_over(redis->until_ns))
				return give_up(redis, err);
			return fail(
			    redis, SARK_TIMEOUT, "no answer in time", err);
		}
		errno = 0;
		if (redisBufferRead(redis->conn) != REDIS_OK) {
			if (redis->conn->err == REDIS_ERR_IO)
				return fail_io(redis, err);
			return fail(
			    redis, SARK_UNAVAILABLE, redis->conn->errstr, err);
		}
	}
	*reply_r = reply;
	return 0;
}

static int
add_command(struct sark_redis *redis, const struct sark_redis_cmd *cmd,
    struct sark_err *err)
{
	const char **argv;
	char *text = NULL;
	int len;

	/* The driver takes the same array without the inner const. */
	memcpy(&argv, &cmd->argv, sizeof(argv));
	len = redisFormatCommandArgv(&text, cmd->argc, argv, cmd->lengths);
	if (len < 0)
		return sark_err_set(
		    err, SARK_INTERNAL, "redis: a command cannot be written");
	sark_buf_add(&redis->out, text, (size_t)len);
	redisFreeCommand(text);
	return 0;
}

void
sark_redis_bound(struct sark_redis *redis, const int64_t *until_ns)
{
	redis->until_ns = until_ns;
}

/* One command of the connection's beginning; what is not OK ends it. */
static int
begin_with(struct sark_redis *redis, const struct sark_redis_cmd *cmd,
    struct sark_err *err)
{
	redisReply *reply;
	int ret;

	sark_buf_reset(&redis->out);
	ret = add_command(redis, cmd, err);
	if (ret == 0)
		ret = send_commands(redis, err);
	/* It may hold a password. */
	sark_secret_wipe(redis->out.data, redis->out.len);
	if (ret == -1 ||
	    read_reply(redis,
		sark_deadline_of(redis->timeout_ms, redis->until_ns), &reply,
		err) == -1)
		return -1;
	if (reply->type != REDIS_REPLY_STATUS)
		ret = fail(redis, SARK_UNAVAILABLE,
		    reply->type == REDIS_REPLY_ERROR ? reply->str
						     : "no OK to a login",
		    err);
	freeReplyObject(reply);
	return ret;
}

static int
select_database(struct sark_redis *redis, struct sark_err *err)
{
	char *number = sark_format(redis, "%lld", (long long)redis->database);
	const char *const argv[] = { "SELECT", number };
	const struct sark_redis_cmd cmd = { 2, argv, NULL };
	int ret = begin_with(redis, &cmd, err);

	talloc_free(number);
	return ret;
}

static int
dial(struct sark_redis *redis, struct sark_err *err)
{
	const struct timeval timeout = {
		.tv_sec = redis->timeout_ms / 1000,
		.tv_usec = redis->timeout_ms % 1000 * 1000,
	};

	redis->conn = redisConnectUnixWithTimeout(redis->socket, timeout);
	if (redis->conn == NULL)
		sark_mem_exhausted();
	if (redis->conn->err != 0)
		return fail(redis, SARK_UNAVAILABLE, redis->conn->errstr, err);
	if (redisSetTimeout(redis->conn, timeout) != REDIS_OK)
		return fail(redis, SARK_UNAVAILABLE, redis->conn->errstr, err);
	if (redis->logon != NULL &&
	    begin_with(redis, sark_logon_command(redis->logon), err) == -1)
		return -1;
	if (redis->database != 0)
		return select_database(redis, err);
	return 0;
}

static int
connect_now(struct sark_redis *redis, struct sark_err *err)
{
	struct sark_span span;
	int ret;

	if (sark_clock_mono_ns() < redis->quiet_until_ns)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: %s", redis->text);
	sark_span_begin(
	    redis->tracer, &span, SARK_SPAN_REDIS, SARK_SPAN_CONNECT);
	ret = dial(redis, err);
	sark_span_end(
	    redis->tracer, &span, ret == -1 ? sark_code_name(err->code) : "");
	return ret;
}

/*
 * Between commands the connection must be silent: an end means that the
 * server went, a byte that an answer would be taken for another's.
 */
static int
ensure(struct sark_redis *redis, struct sark_err *err)
{
	char byte;

	if (sark_deadline_over(redis->until_ns))
		return sark_err_set(
		    err, SARK_TIMEOUT, "redis: the request's time is over");
	if (redis->conn != NULL &&
	    (redis->conn->reader->pos != redis->conn->reader->len ||
		recv(redis->conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) !=
		    -1 ||
		(errno != EAGAIN && errno != EWOULDBLOCK)))
		drop(redis);
	return redis->conn != NULL ? 0 : connect_now(redis, err);
}

/* One reply that is no array; false for a type that we do not know. */
static bool
convert(void *ctx, const redisReply *from, struct sark_reply *to)
{
	switch (from->type) {
	case REDIS_REPLY_NIL:
		to->type = SARK_REPLY_NIL;
		return true;
	case REDIS_REPLY_INTEGER:
		to->type = SARK_REPLY_INT;
		to->integer = from->integer;
		return true;
	case REDIS_REPLY_STRING:
		to->type = SARK_REPLY_STRING;
		break;
	case REDIS_REPLY_STATUS:
		to->type = SARK_REPLY_STATUS;
		break;
	case REDIS_REPLY_ERROR:
		to->type = SARK_REPLY_ERROR;
		break;
	default:
		return false;
	}
	to->len = from->len;
	to->str = sark_memdup(ctx, from->str, from->len);
	return true;
}

/*
 * A reply with all its elements, level by level.  The driver refuses deeper
 * nesting than nine.
 */
struct pair {
	const redisReply *from;
	struct sark_reply *to;
};

static bool
convert_all(void *ctx, const redisReply *from, struct sark_reply *to)
{
	struct pair *todo = sark_new_array(ctx, struct pair, 1);
	struct sark_reply *elements;
	size_t n = 1;
	bool known = true;

	todo[0] = (struct pair){ from, to };
	for (size_t i = 0; known && i < n; i++) {
		from = todo[i].from;
		to = todo[i].to;
		if (from->type != REDIS_REPLY_ARRAY) {
			known = convert(ctx, from, to);
			continue;
		}
		elements =
		    sark_new_array(ctx, struct sark_reply, from->elements);
		to->type = SARK_REPLY_ARRAY;
		to->count = from->elements;
		to->elements = elements;
		todo = sark_mem_check(talloc_realloc(ctx, todo, struct pair,
		    (unsigned int)(n + from->elements)));
		for (size_t j = 0; j < from->elements; j++)
			todo[n++] =
			    (struct pair){ from->element[j], &elements[j] };
	}
	talloc_free(todo);
	return known;
}

static int
read_replies(struct sark_redis *redis, void *ctx, struct sark_reply *replies,
    size_t n, struct sark_err *err)
{
	int64_t deadline_ns =
	    sark_deadline_of(redis->timeout_ms, redis->until_ns);
	redisReply *reply;
	bool known;

	for (size_t i = 0; i < n; i++) {
		if (read_reply(redis, deadline_ns, &reply, err) == -1)
			return -1;
		known = convert_all(ctx, reply, &replies[i]);
		freeReplyObject(reply);
		if (!known)
			return fail(redis, SARK_UNAVAILABLE,
			    "an answer of an unknown type", err);
	}
	return 0;
}

static int
judge(struct sark_redis *redis, const struct sark_reply *reply,
    struct sark_err *err)
{
	if (reply->type != SARK_REPLY_ERROR)
		return 0;
	for (size_t i = 0; i < SARK_COUNT(unable); i++) {
		if (!sark_str_starts(reply->str, unable[i]))
			continue;
		(void)sark_str_copy(
		    redis->word, strcspn(unable[i], " ") + 1, unable[i]);
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "redis: %s", reply->str);
	}
	return 0;
}

/* What is in the buffer for one answer each. */
static int
exchange(struct sark_redis *redis, void *ctx, struct sark_reply *replies,
    size_t n, struct sark_err *err)
{
	if (SARK_FAILPOINT_FAILS(redis_before))
		return fail(redis, SARK_UNAVAILABLE, "failpoint", err);
	if (send_commands(redis, err) == -1 ||
	    read_replies(redis, ctx, replies, n, err) == -1)
		return -1;
	if (SARK_FAILPOINT_FAILS(redis_after))
		return fail(redis, SARK_UNAVAILABLE, "failpoint", err);
	for (size_t i = 0; i < n; i++)
		if (judge(redis, &replies[i], err) == -1)
			return -1;
	return 0;
}

/* What they have in common, in a word. */
static const char *
name_of(const struct sark_redis_cmd *cmds, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!sark_str_eq(cmds[i].argv[0], cmds[0].argv[0]))
			return "PIPELINE";
	return cmds[0].argv[0];
}

int
sark_redis_pipeline(struct sark_redis *redis, void *ctx,
    const struct sark_redis_cmd *cmds, size_t n,
    const struct sark_reply **replies_r, struct sark_err *err)
{
	struct sark_reply *replies;
	struct sark_span span;
	const char *error = "";
	int ret;

	if (ensure(redis, err) == -1)
		return -1;
	sark_buf_reset(&redis->out);
	for (size_t i = 0; i < n; i++)
		if (add_command(redis, &cmds[i], err) == -1)
			return -1;
	replies = sark_new_array(ctx, struct sark_reply, n);
	redis->word[0] = '\0';
	sark_span_begin(
	    redis->tracer, &span, SARK_SPAN_REDIS, name_of(cmds, n));
	span.commands = (uint32_t)n;
	ret = exchange(redis, ctx, replies, n, err);
	if (ret == -1)
		error = redis->word[0] != '\0' ? redis->word
					       : sark_code_name(err->code);
	sark_span_end(redis->tracer, &span, error);
	*replies_r = replies;
	return ret;
}

int
sark_redis_run(
    struct sark_redis *redis, const char **run_r, struct sark_err *err)
{
	static const char *const argv[] = { "INFO", "server" };
	static const struct sark_redis_cmd info = { 2, argv, NULL };
	const struct sark_reply *reply;
	void *mem;
	int ret = 0;

	if (redis->conn == NULL || redis->run[0] == '\0') {
		mem = sark_mem_check(talloc_new(redis));
		ret = sark_redis_pipeline(redis, mem, &info, 1, &reply, err);
		if (ret == 0)
			ret = sark_info_run(reply, redis->run, err);
		talloc_free(mem);
	}
	*run_r = redis->run;
	return ret;
}
